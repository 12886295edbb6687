package dev.malloc9.shell.kld;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The linker (kern_linker): loads a module after the modules that it depends on, and unloads a module before them.
 *
 * <p>If a load fails, the modules that it installed are uninstalled again. {@link #unload} also unloads a module that was loaded only as a
 * dependency, with its last user. Without force, a module to which a running module is wired is busy.
 *
 * <p>{@link #load}, {@link #update} and {@link #unload} return the lines for the operator, in order, and throw {@link KldFailed} if they
 * refuse or fail.
 */
@Component(service = Linker.class)
public final class Linker {

    /**
     * The symbolic names of malloc9's own bundles that {@link #unload} refuses. The system bundle is refused too, and is not in this set.
     */
    public static final Set<String> IN_USE = Set.of("dev.malloc9.api", "dev.malloc9.kernel", "dev.malloc9.shell");

    private final BundleContext context;
    private final Starter starter;
    private final Rewiring rewiring;

    /** The ids of the bundles that were loaded only because another module depends on them. */
    private final Set<Long> dependencies = ConcurrentHashMap.newKeySet();

    @Activate
    public Linker(BundleContext context, @Reference Starter starter) {
        this.context = context;
        this.starter = starter;
        this.rewiring = new Rewiring(context);
    }

    /**
     * Installs the module and, from the folders, its missing dependencies, and starts all of them. A requirement that an installed bundle
     * meets is not missing, even if that bundle is stopped.
     *
     * @param name the operator's name for the file, used in messages
     * @param searched the folders in which dependencies are searched, in this order; may be empty
     * @throws KldFailed if the file is already installed or is no bundle, or if a bundle cannot be installed. Also if a dependency is
     *     missing, or if a bundle or one of its components does not start.
     */
    public List<String> load(String name, Path jar, List<Path> searched) {
        Bundle module = install(name, jar);
        List<Bundle> installed = new ArrayList<>();
        try {
            List<String> lines = new ArrayList<>();
            starter.requireBundle(name, module);
            installDependencies(module, new ModulePath(context, searched), installed)
                    .ifPresent(missing -> {
                        throw KldFailed.curable(Messages.cannotLoad(name, missing), null);
                    });
            rewiring.refreshRemoved().ifPresent(lines::add);
            for (Bundle dependency : installed) {
                starter.startDependency(name, dependency);
                lines.add(Messages.loaded(dependency));
            }
            starter.start(name, module);
            installed.forEach(dependency -> dependencies.add(dependency.getBundleId()));
            lines.add(Messages.loaded(module));
            return lines;
        } catch (RuntimeException e) {
            KldFailed failure = e instanceof KldFailed refused
                    ? refused
                    : new KldFailed(Messages.cannotLoad(name, e.toString()), e);
            installed.add(module);
            installed.reversed().forEach(each -> uninstall(each, failure));
            rewiring.refreshRemoved();
            throw failure;
        }
    }

    /**
     * Installs the missing dependencies of the module, and their missing dependencies. If one is missing, the bundles installed before stay
     * installed.
     *
     * @param installed the list that receives the installed modules, each one after the modules that it depends on
     * @return the reason why a dependency is missing; empty if none is missing
     */
    private Optional<String> installDependencies(Bundle module, ModulePath path, List<Bundle> installed) {
        for (MissingRequirement missing : MissingRequirement.of(module, context.getBundles())) {
            if (installed.stream().anyMatch(bundle -> missing.metBy(bundle).isPresent())) {
                // The requirement is met by a bundle that was installed for an earlier requirement of this load.
                continue;
            }
            Optional<Bundle> provider = path.install(missing);
            if (provider.isEmpty()) {
                return Optional.of(missing.text());
            }
            Optional<String> lacks = installDependencies(provider.get(), path, installed);
            installed.add(provider.get());
            if (lacks.isPresent()) {
                return Optional.of(Messages.dependencyFailed(provider.get(), lacks.get()));
            }
        }
        return Optional.empty();
    }

    /**
     * Replaces the content of the module and starts it, even if it was stopped. Missing dependencies are not installed.
     *
     * <p>The running users of the module, direct and indirect, are stopped before and restarted afterwards, wired to the new content. A
     * user that does not restart adds a line, and is no failure. If the content cannot be replaced, the former content is started again. If
     * the module does not start, it is uninstalled.
     *
     * @param name the operator's name for the file, used in messages
     * @throws KldFailed with all lines as message, if the content cannot be replaced or the module does not start
     */
    public List<String> update(String name, Bundle module, Path jar) {
        List<Bundle> users = Users.allOf(module);
        List<String> lines = new ArrayList<>();
        users.forEach(user -> starter.stop(user, Bundle.STOP_TRANSIENT).ifPresent(lines::add));
        starter.stop(module, 0).ifPresent(lines::add);
        KldFailed failure = replace(name, module, jar);
        rewiring.refresh(List.of(module)).ifPresent(lines::add);
        String result = failure == null
                ? Messages.updated(module)
                : Messages.formerRunsOn(String.valueOf(failure.getMessage()));
        try {
            starter.start(name, module);
        } catch (KldFailed e) {
            result = failure == null ? String.valueOf(e.getMessage()) : failure.getMessage() + "\n" + e.getMessage();
            failure = failure == null ? e : failure;
            uninstall(module, e);
            rewiring.refreshRemoved();
        }
        lines.addFirst(result);
        users.reversed().forEach(user -> lines.add(starter.restart(user)));
        if (failure != null) {
            throw failure.saying(lines);
        }
        return lines;
    }

    private static @Nullable KldFailed replace(String name, Bundle module, Path jar) {
        try (InputStream content = Files.newInputStream(jar)) {
            module.update(content);
            return null;
        } catch (BundleException | IOException e) {
            return new KldFailed(
                    Messages.cannotUpdate(module, name, Starter.rootCause(e).toString()), e);
        }
    }

    /**
     * Stops and uninstalls the module, and then the modules that were loaded only as dependencies and have no running user any more.
     *
     * @param force whether the running modules that depend on it are unloaded before it. If false, the module is busy while such a module
     *     runs.
     * @throws KldFailed if the module is busy or is never unloaded, or if the framework does not uninstall a module. With {@code force},
     *     also if a user of it is never unloaded. If only a stop failed, the exception is thrown after all modules have been unloaded.
     */
    public List<String> unload(Bundle module, boolean force) {
        List<Bundle> users = Users.allOf(module);
        if (isSystem(module) || (force && users.stream().anyMatch(Linker::isSystem))) {
            throw new KldFailed(Messages.inUse(module));
        }
        if (!force && !users.isEmpty()) {
            throw KldFailed.curable(Messages.busy(module, Users.of(module)), null);
        }
        Unloading unloading = new Unloading(starter, dependencies);
        users.forEach(unloading::unload);
        unloading.unload(module);
        rewiring.refreshRemoved().ifPresent(unloading::add);
        return unloading.finish();
    }

    private static boolean isSystem(Bundle bundle) {
        return bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID || IN_USE.contains(bundle.getSymbolicName());
    }

    private Bundle install(String name, Path jar) {
        String location = jar.toUri().toString();
        Bundle known = context.getBundle(location);
        if (known != null) {
            throw new KldFailed(
                    Users.runs(known) ? Messages.alreadyLoaded(name) : Messages.alreadyInstalled(name, known));
        }
        try (InputStream content = Files.newInputStream(jar)) {
            return context.installBundle(location, content);
        } catch (BundleException e) {
            throw e.getType() == BundleException.DUPLICATE_BUNDLE_ERROR
                    ? KldFailed.curable(Messages.alreadyLoaded(name), e)
                    : new KldFailed(
                            Messages.cannotLoad(name, Starter.rootCause(e).toString()), e);
        } catch (IOException e) {
            throw new KldFailed(Messages.cannotLoad(name, e.toString()), e);
        }
    }

    private static void uninstall(Bundle module, KldFailed failure) {
        try {
            module.uninstall();
        } catch (BundleException | RuntimeException stays) {
            failure.addSuppressed(stays);
        }
    }
}
