package dev.malloc9.shell;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.memstat.MemstatFailed;
import dev.malloc9.memstat.view.Printable;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The messages and usage lines of this package. Messages for cases that FreeBSD's commands also have are FreeBSD's texts where possible.
 */
final class Messages {

    /** The beginning of each usage line, except the one that DDB prints. */
    static final String USAGE = "usage: ";

    static final String KERNEL_NOT_RUNNING = "kernel is not running";

    static final String USAGE_KLDLOAD = "usage: kldload NAME|FILE";
    static final String USAGE_KLDUNLOAD = "usage: kldunload [-f] NAME|ID";
    static final String USAGE_KLDSTAT = "usage: kldstat [-hv] [-i ID] [-n NAME] [-o FORMAT]";
    static final String USAGE_VMSTAT =
            "usage: vmstat -m|-z [-bh] [-w SECS [-c COUNT] [-s ORDER]] [-o FORMAT] [NAME...]";
    static final String USAGE_SHOW = "usage: show [-o FORMAT] malloc|uma|freepages|multizone_matches [TYPE]";
    static final String USAGE_MEMGUARD = "usage: memguard [-o FORMAT] [TYPE...]";
    static final String USAGE_PANICS = "usage: panics [-o FORMAT]";
    static final String USAGE_DMESG = "usage: dmesg [-a] [-o FORMAT]";
    static final String USAGE_LEVEL = "usage: level [-o FORMAT] [R|I|G [BUNDLE [TYPE]]]";
    static final String USAGE_SUSPECTS = "usage: suspects [--forget] [-o FORMAT]";
    static final String USAGE_VERIFY = "usage: verify [-o FORMAT]";

    /** The usage as DDB prints it. */
    static final String USAGE_MATCHES = "Usage: show multizone_matches <malloc type/addr>";

    static final String USAGE_HELP = "usage: help [COMMAND]";
    static final String USAGE_MAN = "usage: man [[SECTION] TOPIC | -k WORD]";

    static final String USAGE_LEAKS = "usage: leaks [--age|--growth] [-h] [-o FORMAT] [BUNDLE]";
    static final String USAGE_WHATIS = "usage: whatis [-o FORMAT] ADDRESS|TEXT";

    static final String NOTHING_IN_USE = "nothing in use";
    static final String NO_GROWTH = "no growth";

    static final String USAGE_SYSCTL = "usage: sysctl [-b|-d|-N] [-n] [-o FORMAT] NAME[=VALUE]...|-a";

    static final String HELP_HINT = "man COMMAND explains one; gogo:help lists the commands of Gogo and Felix too";

    static final String NO_DRIVERS_FOLDER = "no drivers folder: set the framework property " + Drivers.FOLDER;
    static final String NOT_A_BUNDLE = "not a bundle: its manifest has no Bundle-SymbolicName";

    private static final String NO_SUCH_FILE = "No such file or directory";

    private Messages() {}

    /** Returns the message for a command with a wrong option or operand: the problem and the usage. */
    static String wrong(String problem, String usage) {
        return problem + "; " + usage;
    }

    static String cannotLoad(String name, String reason) {
        return "can't load " + Printable.of(name) + ": " + Printable.of(reason);
    }

    static String noSuchFile(String file) {
        return cannotLoad(file, NO_SUCH_FILE);
    }

    static String noSuchDriver(String name, Path folder, List<String> drivers) {
        String available = drivers.isEmpty() ? "none" : String.join(", ", drivers);
        return cannotLoad(name, NO_SUCH_FILE + " (drivers in " + folder + ": " + available + ")");
    }

    static String loadedFrom(String loaded, String file) {
        return loaded + " (" + Printable.of(file) + ")";
    }

    static String notWhole(String reason) {
        return "not a whole jar, or still being copied (" + reason + ")";
    }

    static String unloadedWith(String unloaded, String file) {
        return unloaded + " (" + Printable.of(file) + " was removed)";
    }

    /** Returns the message for statistics that cannot be read, in libmemstat's words as vmstat(8) prints them. */
    static String notRead(String function, MemstatFailed failure) {
        return function + ": " + failure.error().strerror();
    }

    static String noSuchType(String name, Collection<String> types) {
        return hinted("no such memory type: ", name, types);
    }

    static String noSuchZone(String name, Collection<String> zones) {
        return hinted("no such zone: ", name, zones);
    }

    private static String hinted(String message, String name, Collection<String> known) {
        return Nearest.to(name, known)
                .map(near -> didYouMean(message + name, Printable.of(near)))
                .orElseGet(() -> plain(message + name));
    }

    /** Returns the note for a chosen name that no registered type has. MemGuard guards a type of that name once it is registered. */
    static String notYet(String name, Collection<String> types) {
        return hinted("no such memory type yet: ", name, types);
    }

    /** Returns the message with unprintable characters and backslashes escaped. */
    static String plain(String message) {
        return Printable.of(message);
    }

    static String didYouMean(String message, String name) {
        return plain(message) + " (did you mean " + name + "?)";
    }

    static String setAtBoot(String message) {
        return plain(message) + " (tunable values are set in loader.conf)";
    }

    static String noManual(String topic) {
        return "No manual entry for " + Printable.of(topic);
    }

    /**
     * Returns the message for a topic without a page in the given section.
     *
     * @param other the title of the page about the topic in another section; null if there is none
     */
    static String noManual(String topic, String section, @Nullable String other) {
        return noManual(topic) + " in section " + Printable.of(section) + (other == null ? "" : "; see " + other);
    }

    static String nothingAppropriate(String word) {
        return Printable.of(word) + ": nothing appropriate";
    }

    static String noHelp(String command) {
        return "no such command: " + Printable.of(command);
    }

    static String cannotFind(String name) {
        return "can't find file " + Printable.of(name);
    }

    static String cannotFindId(String id) {
        return "can't find id " + Printable.of(id);
    }

    static String noSuchModule(String name) {
        return "no such module: " + Printable.of(name);
    }

    static String firstLook(long blocks, long bytes) {
        return "first look: " + bytes + " bytes in " + blocks + " blocks; the next one shows the growth";
    }

    static String noAddress(String text) {
        return "no address in: " + Printable.of(text);
    }

    static String ambiguous(String name, List<Bundle> bundles) {
        String candidates = bundles.stream()
                .map(bundle -> bundle.getBundleId() + " (" + Printable.of(fullName(bundle)) + ")")
                .collect(Collectors.joining(", "));
        return "can't unload " + Printable.of(name) + ": the name is ambiguous, say which id: " + candidates;
    }

    /** Returns the short name and version of the bundle as {@code kldstat} shows them. The bundle has a symbolic name. */
    static String fullName(Bundle bundle) {
        return ModuleId.shortName(bundle.getSymbolicName()) + "-" + bundle.getVersion();
    }
}
