package dev.malloc9.shell.kld;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.memstat.view.Printable;
import java.util.Collection;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/**
 * The messages of this package. For a refused load or unload, they have the texts of FreeBSD's kldload(8) and kldunload(8) where these have
 * one.
 */
final class Messages {

    static final String NOT_A_BUNDLE = "not a bundle: its manifest has no Bundle-SymbolicName";
    static final String DID_NOT_STAY_ACTIVE = "it was stopped while it started";

    static final String NO_KERNEL = "no malloc9 kernel is running";

    private static final String ALREADY_LOADED = "module already loaded or in kernel";

    /** The prefix of malloc9's packages before they got the prefix {@code dev.malloc9.}. */
    private static final String FORMER_NAMESPACE = "malloc9.";

    private Messages() {}

    static String cannotLoad(String name, String reason) {
        return "can't load " + Printable.of(name) + ": " + Printable.of(reason);
    }

    /** Returns the reason why a module is not loaded if one of its dependencies cannot be loaded. */
    static String dependencyFailed(Bundle dependency, String reason) {
        return "it needs module " + name(dependency) + ", which can't be loaded: " + reason;
    }

    static String alreadyLoaded(String name) {
        return cannotLoad(name, ALREADY_LOADED);
    }

    /** Returns the message for a bundle that is installed and does not run. */
    static String alreadyInstalled(String name, Bundle bundle) {
        long id = bundle.getBundleId();
        return cannotLoad(name, ALREADY_LOADED + " (bundle " + id + " is stopped: start " + id + ")");
    }

    static String activatorFailed(Throwable cause) {
        return "its activator failed: " + cause;
    }

    static String componentFailed(String component, String cause) {
        return "its component " + component + " failed to activate: " + cause;
    }

    static String componentLacks(String component, String service) {
        return "its component " + component + " needs service " + service + ", which no loaded module provides";
    }

    static String componentNotConfigured(String component, String[] pids) {
        return "its component " + component + " needs a configuration " + String.join(", ", pids)
                + ", and there is none";
    }

    static String noComponentClass(String component, String implementation, Throwable cause) {
        return "its component " + component + " names class " + implementation + ", which cannot be loaded: " + cause;
    }

    static String noComponents(String header) {
        return "its components cannot be read (Service-Component: " + header + ")";
    }

    static String loaded(Bundle bundle) {
        return "Loaded " + name(bundle) + ", id=" + bundle.getBundleId();
    }

    static String updated(Bundle bundle) {
        return "Updated " + name(bundle) + ", id=" + bundle.getBundleId();
    }

    static String restarted(Bundle user) {
        return "Restarted " + name(user) + ", id=" + user.getBundleId();
    }

    static String notRestarted(Bundle user, String reason) {
        return "can't restart " + name(user) + ": " + Printable.of(reason);
    }

    static String cannotUpdate(Bundle bundle, String name, String reason) {
        return "can't update " + name(bundle) + " from " + Printable.of(name) + ": " + Printable.of(reason);
    }

    static String formerRunsOn(String reason) {
        return reason + " (the former content runs on)";
    }

    static String stopFailed(Bundle bundle, Throwable cause) {
        return name(bundle) + " failed to stop: " + Printable.of(cause.toString());
    }

    static String notRefreshed(Collection<Bundle> bundles) {
        return names(bundles) + ": not rewired yet: modules that use it may have its former classes";
    }

    /** Returns the message for EBUSY: other modules use the module. */
    static String busy(Bundle bundle, Collection<Bundle> users) {
        return "can't unload " + name(bundle) + ": Device busy (used by " + names(users) + ")";
    }

    private static String names(Collection<Bundle> bundles) {
        return bundles.stream().map(Messages::name).collect(Collectors.joining(", "));
    }

    private static String name(Bundle bundle) {
        return Printable.of(ModuleId.shortName(String.valueOf(bundle.getSymbolicName())));
    }

    static String inUse(Bundle bundle) {
        return "can't unload " + name(bundle) + ": the system itself stands on it";
    }

    static String cannotUnload(Bundle bundle, Throwable cause) {
        return "can't unload " + name(bundle) + ": " + Printable.of(String.valueOf(cause.getMessage()));
    }

    static String unloaded(Bundle bundle) {
        return "Unloaded " + name(bundle);
    }

    static String unloadedButStopFailed(Bundle bundle, String cause) {
        return unloaded(bundle) + ", but its stop failed: " + Printable.of(cause);
    }

    /**
     * Returns the reason why a module does not resolve: a missing package. A package whose name begins with {@code malloc9.} is one of the
     * former namespace, and has a message of its own.
     */
    static String needsPackage(String name, String versions) {
        if (name.startsWith(FORMER_NAMESPACE)) {
            return "it was built for an older malloc9: its package " + name + " is dev." + name
                    + " now; build it against dev.malloc9:malloc9-api";
        }
        return "it needs package " + name + versions + ", which no loaded module exports";
    }

    static String needsBundle(String name, String versions) {
        return "it needs module " + ModuleId.shortName(name) + versions + ", which is not loaded";
    }

    static String needsKernel(String versions) {
        return "it needs a malloc9 kernel" + versions + ", and none is installed";
    }

    /** The reason for the environment that bnd writes if it does not know the version of the class files. */
    static final String UNKNOWN_JAVA = "it needs execution environment UNKNOWN: the bnd that built it is older than its"
            + " class files; build it with -noee: true, or a newer bnd";

    static String needsJava(String name, String version, String running) {
        return "it needs " + name + " " + version + ", and this is Java " + running;
    }

    static String needsCapability(String namespace, String filter) {
        return "it needs " + namespace + " " + filter + ", which no loaded module provides";
    }
}
