package dev.malloc9.shell.kld;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.PanicRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/** Starts and stops single modules, checks that they are bundles, and finds out why a module does not start. */
@Component(service = Starter.class)
public final class Starter {

    private final BundleContext context;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable MallocRuntime kernel;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ServiceComponentRuntime components;

    @Activate
    public Starter(BundleContext context) {
        this.context = context;
    }

    /**
     * Checks that an installed file is a bundle.
     *
     * @param name the operator's name for the file, used in the message
     * @throws KldFailed if the manifest has no symbolic name
     */
    void requireBundle(String name, Bundle bundle) {
        if (bundle.getSymbolicName() == null) {
            throw new KldFailed(Messages.cannotLoad(name, Messages.NOT_A_BUNDLE));
        }
    }

    /**
     * Starts the module, and checks its components.
     *
     * @param name the operator's name for the file, used in the message
     * @throws KldFailed if the module does not start or does not stay active, or if one of its components does not work. In the last case
     *     the module stays started.
     */
    void start(String name, Bundle module) {
        Failure failure = failure(module);
        if (failure != null) {
            throw failure.of(Messages.cannotLoad(name, failure.text));
        }
    }

    /**
     * Starts a dependency of a module, and checks its components.
     *
     * @param name the operator's name for the module's file, used in the message
     * @throws KldFailed as for {@link #start}
     */
    void startDependency(String name, Bundle dependency) {
        Failure failure = failure(dependency);
        if (failure != null) {
            throw failure.of(Messages.cannotLoad(name, Messages.dependencyFailed(dependency, failure.text)));
        }
    }

    /** Starts a module that was stopped for the update of another one. Returns the line with the result; a failure is such a line, too. */
    String restart(Bundle module) {
        Failure failure = failure(module);
        return failure == null ? Messages.restarted(module) : Messages.notRestarted(module, failure.text);
    }

    /**
     * Stops the module. Returns a line if the framework reports a failure; otherwise empty. If the module's activator failed, the framework
     * has stopped the module nevertheless.
     *
     * @param options the options of {@link Bundle#stop(int)}
     */
    Optional<String> stop(Bundle module, int options) {
        try {
            module.stop(options);
            return Optional.empty();
        } catch (BundleException e) {
            return Optional.of(Messages.stopFailed(module, rootCause(e)));
        }
    }

    /**
     * Stops the module persistently. Returns the reason if the framework reports a failure; otherwise null. The reason is the immediate
     * cause, not the innermost one.
     */
    @Nullable
    String stopFailure(Bundle module) {
        try {
            module.stop();
            return null;
        } catch (BundleException e) {
            return (e.getCause() == null ? e : e.getCause()).toString();
        }
    }

    /**
     * The failure of a start.
     *
     * @param text the reason
     * @param curable whether the loading of another module may cure it
     */
    private record Failure(String text, @Nullable Throwable cause, boolean curable) {
        KldFailed of(String message) {
            return curable ? KldFailed.curable(message, cause) : new KldFailed(message, cause);
        }
    }

    /**
     * Starts the module. Returns the failure; null if the module and its components work. If the module declares types and no kernel runs,
     * the missing kernel is the reason of any failure.
     */
    private @Nullable Failure failure(Bundle module) {
        Failure failure = startFailure(module);
        return failure != null && kernel == null && declaresTypes(module)
                ? new Failure(Messages.NO_KERNEL, failure.cause, false)
                : failure;
    }

    private static boolean declaresTypes(Bundle module) {
        BundleWiring wiring = module.adapt(BundleWiring.class);
        return wiring != null && !wiring.getCapabilities(MallocType.NAMESPACE).isEmpty();
    }

    private @Nullable Failure startFailure(Bundle module) {
        try {
            module.start();
        } catch (BundleException e) {
            return new Failure(why(module, e), e, e.getType() == BundleException.RESOLVE_ERROR);
        } catch (RuntimeException e) {
            return new Failure(why(module, e), e, false);
        }
        if (module.getState() != Bundle.ACTIVE) {
            return new Failure(lastPanic(module.getBundleId()).orElse(Messages.DID_NOT_STAY_ACTIVE), null, false);
        }
        ServiceComponentRuntime runtime = components;
        return runtime == null
                ? null
                : new Components(runtime)
                        .failure(module)
                        .map(failed -> new Failure(failed.text(), null, failed.curable()))
                        .orElse(null);
    }

    private String why(Bundle module, Exception failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof KernelPanic) {
                return String.valueOf(t.getMessage());
            }
        }
        if (failure instanceof BundleException e && e.getType() == BundleException.RESOLVE_ERROR) {
            return MissingRequirement.of(module, context.getBundles()).stream()
                    .findFirst()
                    .map(MissingRequirement::text)
                    .orElse(String.valueOf(e.getMessage()));
        }
        return failure.getCause() == null
                ? String.valueOf(failure.getMessage())
                : Messages.activatorFailed(rootCause(failure));
    }

    /** Returns the message of the bundle's last panic record; empty if there is none, or if no kernel runs. */
    private Optional<String> lastPanic(long bundleId) {
        MallocRuntime runtime = kernel;
        List<PanicRecord> panics = runtime == null ? List.of() : runtime.panics();
        return panics.reversed().stream()
                .filter(panic -> panic.who().bundleId() == bundleId)
                .map(PanicRecord::message)
                .findFirst();
    }

    static Throwable rootCause(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }
}
