package dev.malloc9.shell.kld;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** An unload of a module and of the modules that are unloaded with it. Its lines are in the order of the unloads. */
final class Unloading {

    private final Starter starter;
    private final Set<Long> dependencies;
    private final List<String> lines = new ArrayList<>();
    private boolean failed;

    /**
     * Creates an unload that has not begun.
     *
     * @param dependencies the ids of the bundles that are unloaded with their last user; unloaded bundles are removed from the set
     */
    Unloading(Starter starter, Set<Long> dependencies) {
        this.starter = starter;
        this.dependencies = dependencies;
    }

    /**
     * Stops and uninstalls the module, and each dependency of which it was the last running user. Has no effect if the module is
     * uninstalled already. A stop that fails adds a line; {@link #finish} reports it.
     *
     * @throws KldFailed if the framework does not uninstall the module. The message of the exception has the lines of the modules unloaded
     *     before, and then the reason.
     */
    void unload(Bundle module) {
        if (module.getState() == Bundle.UNINSTALLED) {
            return;
        }
        List<Bundle> providers = Users.providersOf(module);
        String stopFailure = starter.stopFailure(module);
        try {
            module.uninstall();
        } catch (BundleException e) {
            lines.add(Messages.cannotUnload(module, e));
            throw new KldFailed(String.join("\n", lines), e);
        }
        dependencies.remove(module.getBundleId());
        if (stopFailure == null) {
            lines.add(Messages.unloaded(module));
        } else {
            failed = true;
            lines.add(Messages.unloadedButStopFailed(module, stopFailure));
        }
        for (Bundle provider : providers) {
            if (dependencies.contains(provider.getBundleId())
                    && Users.of(provider).isEmpty()) {
                unload(provider);
            }
        }
    }

    void add(String line) {
        lines.add(line);
    }

    /**
     * Returns the lines.
     *
     * @throws KldFailed with the lines as message, if the stop of an unloaded module failed
     */
    List<String> finish() {
        if (failed) {
            throw new KldFailed(String.join("\n", lines));
        }
        return lines;
    }
}
