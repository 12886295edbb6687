package malloc9.shell;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import malloc9.memstat.MemstatFailed;
import malloc9.memstat.view.Printable;
import org.osgi.framework.Bundle;

/** The texts of this package: FreeBSD's where it has one. */
final class Messages {

    static final String KERNEL_NOT_RUNNING = "kernel is not running";

    static final String USAGE_KLDLOAD = "usage: kldload NAME|FILE";
    static final String USAGE_KLDUNLOAD = "usage: kldunload NAME|ID";
    static final String USAGE_KLDSTAT = "usage: kldstat [-h] [-o FORMAT]";
    static final String USAGE_VMSTAT =
            "usage: vmstat -m|-z [-bh] [-w SECS [-c COUNT] [-s ORDER]] [-o FORMAT] [NAME...]";
    static final String USAGE_SHOW = "usage: show [-o FORMAT] malloc|uma|freepages|multizone_matches [TYPE]";
    static final String USAGE_MEMGUARD = "usage: memguard [-o FORMAT] [TYPE...]";
    static final String USAGE_PANICS = "usage: panics [-o FORMAT]";
    static final String USAGE_DMESG = "usage: dmesg [-o FORMAT]";
    static final String USAGE_LEVEL = "usage: level [-o FORMAT] [R|I|G [BUNDLE [TYPE]]]";
    static final String USAGE_SUSPECTS = "usage: suspects [--forget] [-o FORMAT]";
    static final String USAGE_VERIFY = "usage: verify [-o FORMAT]";

    /** As DDB says it. */
    static final String USAGE_MATCHES = "Usage: show multizone_matches <malloc type/addr>";

    static final String USAGE_HELP = "usage: help [COMMAND]";
    static final String USAGE_MAN = "usage: man [TOPIC]";

    static final String USAGE_LEAKS = "usage: leaks [--age|--growth] [-h] [-o FORMAT] [BUNDLE]";
    static final String USAGE_WHATIS = "usage: whatis [-o FORMAT] ADDRESS|TEXT";

    static final String NOTHING_IN_USE = "nothing in use";
    static final String NO_GROWTH = "no growth";

    static final String USAGE_SYSCTL = "usage: sysctl [-b|-d|-N] [-n] [-o FORMAT] NAME[=VALUE]...|-a";

    static final String HELP_HINT = "man COMMAND explains one; gogo:help lists those of Gogo and Felix too";

    static final String NO_DRIVERS_FOLDER = "no drivers folder: set the framework property " + Drivers.FOLDER;
    static final String NOT_A_BUNDLE = "not a bundle: its manifest has no Bundle-SymbolicName";
    static final String DID_NOT_STAY_ACTIVE = "it was stopped while it started";

    private static final String NO_SUCH_FILE = "No such file or directory";
    private static final String ALREADY_LOADED = "module already loaded or in kernel";

    private Messages() {}

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

    static String alreadyLoaded(String name) {
        return cannotLoad(name, ALREADY_LOADED);
    }

    /** For a bundle that is installed and stopped. */
    static String alreadyInstalled(String name, Bundle bundle) {
        long id = bundle.getBundleId();
        return cannotLoad(name, ALREADY_LOADED + " (bundle " + id + " is stopped: start " + id + ")");
    }

    static String activatorFailed(Throwable cause) {
        return "its activator failed: " + cause;
    }

    static String loaded(Bundle bundle) {
        return "Loaded " + Printable.of(bundle.getSymbolicName()) + ", id=" + bundle.getBundleId();
    }

    static String loadedFrom(String loaded, String file) {
        return loaded + " (" + Printable.of(file) + ")";
    }

    static String updated(Bundle bundle) {
        return "Updated " + Printable.of(bundle.getSymbolicName()) + ", id=" + bundle.getBundleId();
    }

    static String cannotUpdate(Bundle bundle, String name, String reason) {
        return "can't update " + Printable.of(bundle.getSymbolicName()) + " from " + Printable.of(name) + ": "
                + Printable.of(reason) + " (the former content runs on)";
    }

    static String stopFailed(Bundle bundle, Throwable cause) {
        return Printable.of(bundle.getSymbolicName()) + " failed to stop: " + Printable.of(cause.toString());
    }

    static String notRefreshed(Bundle bundle) {
        return Printable.of(bundle.getSymbolicName())
                + " is not rewired yet: modules that use it may have its former classes";
    }

    static String notWhole(String reason) {
        return "not a whole jar, or still being copied (" + reason + ")";
    }

    static String unloadedWith(String unloaded, String file) {
        return unloaded + " (" + Printable.of(file) + " was removed)";
    }

    /** In libmemstat's words, as vmstat(8) has them. */
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

    /** For a name that MemGuard will guard when it comes. */
    static String notYet(String name, Collection<String> types) {
        return hinted("no such memory type yet: ", name, types);
    }

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

    static String noHelp(String command) {
        return "no such command: " + Printable.of(command);
    }

    static String cannotFind(String name) {
        return "can't find file " + Printable.of(name);
    }

    static String noSuchModule(String name) {
        return "no such module: " + Printable.of(name);
    }

    static String firstLook(long blocks, long bytes) {
        return "first look: " + bytes + " bytes in " + blocks + " blocks; the next one tells what has grown";
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

    static String inUse(Bundle bundle) {
        return "can't unload " + Printable.of(bundle.getSymbolicName()) + ": the system itself stands on it";
    }

    static String cannotUnload(Bundle bundle, Throwable cause) {
        return "can't unload " + Printable.of(bundle.getSymbolicName()) + ": "
                + Printable.of(String.valueOf(cause.getMessage()));
    }

    static String unloaded(Bundle bundle) {
        return "Unloaded " + Printable.of(bundle.getSymbolicName());
    }

    static String unloadedButStopFailed(Bundle bundle, Throwable cause) {
        return unloaded(bundle) + ", but its stop failed: " + Printable.of(cause.toString());
    }

    /** Name and version as {@code kldstat} shows them. */
    static String fullName(Bundle bundle) {
        return bundle.getSymbolicName() + "-" + bundle.getVersion();
    }

    static String needsPackage(String name, String versions) {
        return "it needs package " + name + versions + ", which no loaded module exports";
    }

    static String needsBundle(String name, String versions) {
        return "it needs module " + name + versions + ", which is not loaded";
    }

    static String needsKernel(String versions) {
        return "it needs a malloc9 kernel" + versions + ", and none is installed";
    }

    static String needsJava(String name, String version, String running) {
        return "it needs " + name + " " + version + ", and this is Java " + running;
    }

    static String needsCapability(String namespace, String filter) {
        return "it needs " + namespace + " " + filter + ", which no loaded module provides";
    }
}
