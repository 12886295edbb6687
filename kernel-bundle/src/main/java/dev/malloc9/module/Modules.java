package dev.malloc9.module;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.module.ModuleLinker;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.MallocSubsystem;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeOwners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The linker for bundles that declare memory types (kern_linker). It registers the types while the bundle is STARTING, before its activator
 * or first component runs. It unregisters them at STOPPED, after the activator's stop method has returned or thrown.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one {@link Owner} for each life of a bundle, from STARTING to STOPPED.
 *   <li>Concurrency: events arrive synchronously on the thread that starts, stops, updates, refreshes or uninstalls the bundle. Two
 *       threads may handle events of one bundle at once, since the framework sets the state RESOLVED before it fires STOPPED. Another
 *       thread can start or uninstall the bundle meanwhile. The first thread revokes. A thread in a later event, except STARTING and
 *       STARTED, waits for it, at most {@link #WAIT_SECONDS} seconds. The thread that revokes takes no lock of the framework, so that a
 *       waiting thread may hold one.
 *   <li>Invariants: a bundle has a registered owner from just before its types are registered until their revocation begins. A refused
 *       bundle has a recorded panic instead of an owner.
 *   <li>Cost: for a bundle that declares no type, one scan of its capabilities at STARTING and one at STARTED.
 *   <li>Differs from BSD: a bad descriptor prevents only its own bundle from starting; in BSD it halts the machine.
 * </ul>
 */
public final class Modules implements ModuleLinker, SynchronousBundleListener, TypeOwners, ModuleList {

    /** The longest time in seconds that a thread waits for a revocation that another thread has begun. */
    static final long WAIT_SECONDS = 10;

    private final BundleLives lives = new BundleLives();
    /** The refused bundles by id, with the panic that refused each. An entry is removed when the bundle starts again or stops. */
    private final Map<Long, KernelPanic> refused = new ConcurrentHashMap<>();

    private final Owner kernel;
    private volatile @Nullable MallocSubsystem malloc;
    private volatile Consumer<String> warnings = line -> {};

    /** Whether the kernel is stopping: no more types are registered. */
    private volatile boolean leaving;

    /**
     * Creates a linker that follows no bundles yet.
     *
     * @param kernel the owner of the kernel's own types
     */
    public Modules(Owner kernel) {
        this.kernel = kernel;
    }

    /**
     * Starts to follow all bundles of the framework, including the ones that are already running. An ACTIVE bundle that is refused is
     * stopped.
     *
     * @param warn receives warnings for the operator
     */
    public void follow(BundleContext context, MallocSubsystem subsystem, Consumer<String> warn) {
        malloc = subsystem;
        warnings = warn;
        context.addBundleListener(this);
        for (Bundle bundle : context.getBundles()) {
            DriverManifest.formerNames(bundle).ifPresent(warnings);
            if (BundleLives.runs(bundle)
                    && !register(bundle, bundle.getState() != Bundle.STARTING)
                    && bundle.getState() == Bundle.ACTIVE) {
                stop(bundle);
            }
            if (!BundleLives.runs(bundle)) {
                // The bundle has stopped meanwhile, and its STOPPED event may have come before its types were
                // registered here.
                unregister(bundle);
            }
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        switch (event.getType()) {
            case BundleEvent.STARTING -> {
                refused.remove(bundle.getBundleId());
                BundleLife former = lives.of(bundle.getBundleId());
                if (former != null && !former.begin()) {
                    // Another thread has stopped the bundle, and has not fired STOPPED yet.
                    lives.end(former, this::revoke);
                }
                register(bundle, true);
            }
            case BundleEvent.STARTED -> {
                if (!register(bundle, true)) {
                    stop(bundle);
                }
            }
            case BundleEvent.INSTALLED -> DriverManifest.formerNames(bundle).ifPresent(warnings);
            case BundleEvent.STOPPED, BundleEvent.UPDATED, BundleEvent.UNRESOLVED, BundleEvent.UNINSTALLED ->
                unregister(bundle);
            default -> {
                // Resolving does not change the registered types.
            }
        }
    }

    @Override
    public void load(Bundle bundle) {
        if (!register(bundle, true)) {
            KernelPanic verdict = refused.get(bundle.getBundleId());
            if (verdict != null) {
                throw verdict;
            }
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    public Owner ownerOf(MallocType type) throws NotLoaded {
        Class<?> declaring = type.declaringClass();
        if (declaring.getClassLoader() == Modules.class.getClassLoader()) {
            return kernel;
        }
        Bundle bundle = FrameworkUtil.getBundle(declaring);
        if (bundle == null) {
            throw new NotLoaded(declaring.getName() + " belongs to no bundle");
        }
        BundleLife found = lives.of(bundle.getBundleId());
        if (found == null) {
            KernelPanic verdict = refused.get(bundle.getBundleId());
            if (verdict != null) {
                throw new NotLoaded("its bundle was refused: " + verdict.getMessage());
            }
            Optional<String> manifest = DriverManifest.reason(bundle, type.name());
            if (manifest.isPresent()) {
                throw new NotLoaded(manifest.get());
            }
            throw new NotLoaded(moduleId(bundle) + " is " + stateOf(bundle) + " and has no registered types");
        }
        if (found.wiring.getClassLoader() != declaring.getClassLoader()) {
            throw new NotLoaded(declaring.getName() + " is a class of a former life of " + moduleId(bundle));
        }
        return found.owner;
    }

    @Override
    public @Nullable ModuleId moduleOf(Class<?> type) {
        Bundle bundle = FrameworkUtil.getBundle(type);
        return bundle == null ? null : moduleId(bundle);
    }

    @Override
    public List<Owner> owners() {
        List<Owner> owners = new ArrayList<>();
        owners.add(kernel);
        lives.all().forEach(life -> owners.add(life.owner));
        return owners;
    }

    /** Returns the name of a bundle in reports. A bundle without a symbolic name is named by its location. */
    public static ModuleId moduleId(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return new ModuleId(
                name == null ? bundle.getLocation() : name, bundle.getVersion().toString(), bundle.getBundleId());
    }

    @Override
    public boolean awaitRevoked(long bundleId, long nanos) throws InterruptedException {
        return lives.awaitRevoked(bundleId, nanos);
    }

    /**
     * Registers the types of a bundle that starts or runs. If the bundle declares no types or has a registered life, or if the kernel is
     * stopping, this method has no effect.
     *
     * @param begun true if no STARTING event of this life will follow
     * @return false if the bundle was refused in this life
     */
    private boolean register(Bundle bundle, boolean begun) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        MallocSubsystem subsystem = malloc;
        if (wiring == null || subsystem == null || leaving) {
            return true;
        }
        List<Descriptor> descriptors = wiring.getCapabilities(MallocType.NAMESPACE).stream()
                .map(Modules::descriptor)
                .toList();
        if (descriptors.isEmpty()) {
            return true;
        }
        if (refused.containsKey(bundle.getBundleId())) {
            return false;
        }
        BundleLife life = new BundleLife(bundle, wiring, new Owner(moduleId(bundle), bundle.getLocation()), begun);
        if (lives.add(life)) {
            try {
                subsystem.register(life.owner, descriptors);
                DriverManifest.withoutCheck(bundle).ifPresent(warnings);
            } catch (KernelPanic verdict) {
                lives.remove(life);
                refused.put(bundle.getBundleId(), verdict);
                return false;
            }
        }
        return true;
    }

    /**
     * Stops following bundles and ends the kernel. Waits first for revocations that other threads have begun, at most {@link #WAIT_SECONDS}
     * seconds. The listener is removed last. A bundle that another thread has stopped, or stops meanwhile, is therefore revoked before that
     * thread's event returns.
     *
     * @param shutdown revokes the memory of all bundles
     */
    public void unfollow(BundleContext context, Runnable shutdown) {
        leaving = true;
        await(lives.endingElsewhere(life -> true));
        try {
            shutdown.run();
        } finally {
            lives.all().forEach(BundleLife::end);
            context.removeBundleListener(this);
        }
    }

    /**
     * Ends the bundle's registered life unless the bundle runs again, and waits for threads that end other lives of it, at most
     * {@link #WAIT_SECONDS} seconds. Also removes the panic of a refused bundle.
     */
    private void unregister(Bundle bundle) {
        refused.remove(bundle.getBundleId());
        BundleLife life = lives.of(bundle.getBundleId());
        // In these states the event belongs to a former life: another thread has started the bundle since.
        if (life != null && (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE)) == 0) {
            lives.end(life, this::revoke);
        }
        await(lives.endingElsewhere(other -> other.bundleId() == bundle.getBundleId()));
    }

    private void revoke(BundleLife life) {
        MallocSubsystem subsystem = malloc;
        if (subsystem != null) {
            subsystem.unregister(life.owner);
        }
    }

    /** Waits at most {@link #WAIT_SECONDS} seconds for the ends of lives. The first life that is late is reported, once. */
    private void await(List<BundleLife> others) {
        BundleLife late = BundleLives.awaitUninterruptibly(others, TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
        MallocSubsystem subsystem = malloc;
        if (late != null && late.giveUp() && subsystem != null) {
            subsystem.notRevokedInTime(late.owner, WAIT_SECONDS);
        }
    }

    /**
     * Stops a refused bundle that runs nevertheless: it was built without the API's activator, or it started before the kernel. If its stop
     * throws an exception, warns the operator.
     */
    private void stop(Bundle refusedBundle) {
        try {
            refusedBundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException e) {
            warnings.accept("cannot stop the refused " + moduleId(refusedBundle) + ": " + e.getMessage());
        }
    }

    private static Descriptor descriptor(BundleCapability capability) {
        Map<String, Object> attributes = capability.getAttributes();
        Object magic = attributes.get("magic");
        return new Descriptor(
                text(attributes.get(MallocType.NAMESPACE)),
                text(attributes.get("description")),
                magic instanceof Long number ? number : null,
                text(attributes.get("version")));
    }

    private static @Nullable String text(@Nullable Object attribute) {
        return attribute == null ? null : attribute.toString();
    }

    private static String stateOf(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.UNINSTALLED -> "UNINSTALLED";
            case Bundle.INSTALLED -> "INSTALLED";
            case Bundle.RESOLVED -> "RESOLVED";
            case Bundle.STARTING -> "STARTING";
            case Bundle.STOPPING -> "STOPPING";
            default -> "ACTIVE";
        };
    }
}
