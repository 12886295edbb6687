package malloc9.shell;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import malloc9.shell.view.Printable;
import org.osgi.framework.Bundle;

/** The texts of this package: FreeBSD's where it has one. */
final class Messages {

    static final String KERNEL_NOT_RUNNING = "kernel is not running";

    static final String USAGE_KLDLOAD = "usage: kldload NAME|FILE";
    static final String USAGE_KLDUNLOAD = "usage: kldunload NAME|ID";
    static final String USAGE_VMSTAT = "usage: vmstat -m | vmstat -z (memory types, or zones)";
    static final String USAGE_SHOW = "usage: show malloc";

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

    static String cannotFind(String name) {
        return "can't find file " + Printable.of(name);
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
