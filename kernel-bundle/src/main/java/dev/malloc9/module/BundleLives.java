package dev.malloc9.module;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The lives of bundles that are not revoked: at most one registered life per bundle, and any number of lives that a thread is ending, or
 * has ended without revoking their memory.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: a life enters the set of ending lives before it leaves the map of registered ones. A revoked life leaves the
 *       set when a life ends, this one or another. A reader looks at the map first, so that it misses no life.
 *   <li>Invariants: a life is ended once, by the thread that claims it. Its end is signalled even if that thread fails.
 * </ul>
 */
final class BundleLives {

    /** The registered lives by bundle id, and therefore in the order of installation. */
    private final Map<Long, BundleLife> registered = new ConcurrentSkipListMap<>();

    /** The lives that a thread is ending, or has ended without revoking their memory. */
    private final Set<BundleLife> ending = ConcurrentHashMap.newKeySet();

    /** Returns the registered life of a bundle, or null. */
    @Nullable
    BundleLife of(long bundleId) {
        return registered.get(bundleId);
    }

    /** Returns all registered lives, by bundle id. */
    List<BundleLife> all() {
        return List.copyOf(registered.values());
    }

    /** Registers a life, and returns whether it did: false if the bundle has a registered one. */
    boolean add(BundleLife life) {
        return registered.putIfAbsent(life.bundleId(), life) == null;
    }

    /** Removes a life from the registered ones. If another life of the bundle is registered, that one stays. */
    void remove(BundleLife life) {
        registered.remove(life.bundleId(), life);
    }

    /**
     * Ends a life, unless another thread is ending or has ended it. This method does not wait for that thread. In both cases the life is no
     * longer registered.
     *
     * @param revocation revokes the life's memory; the life ends even if it throws
     */
    void end(BundleLife life, Consumer<BundleLife> revocation) {
        boolean mine = life.claim(ending::add);
        remove(life);
        if (mine) {
            try {
                revocation.accept(life);
            } finally {
                life.end();
                ending.removeIf(BundleLife::isRevoked);
            }
        }
    }

    /**
     * Waits until the former lives of a bundle are revoked. If the bundle has stopped, its registered life is included: its STOPPED event
     * will follow.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if a life is not revoked in time
     */
    boolean awaitRevoked(long bundleId, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (BundleLife life : stopped(bundleId)) {
            if (!life.awaitRevoked(deadline - System.nanoTime())) {
                return false;
            }
        }
        return true;
    }

    /** Returns the lives of a bundle that have stopped and are not revoked. */
    private List<BundleLife> stopped(long bundleId) {
        BundleLife present = of(bundleId);
        Set<BundleLife> lives = new LinkedHashSet<>();
        if (present != null && (present.isClaimed() || !runs(present.bundle))) {
            lives.add(present);
        }
        ending.stream().filter(life -> life.bundleId() == bundleId).forEach(lives::add);
        return List.copyOf(lives);
    }

    /** Waits for the ends of lives, and returns the first life that has not ended in time, or null. */
    private static @Nullable BundleLife await(List<BundleLife> lives, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (BundleLife life : lives) {
            if (!life.await(deadline - System.nanoTime())) {
                return life;
            }
        }
        return null;
    }

    /**
     * Waits for the ends of lives. An interrupt does not end the wait; the thread's interrupt flag is set afterwards.
     *
     * @param nanos the longest time to wait for all of them, in nanoseconds
     * @return the first life that has not ended in time, or null
     */
    static @Nullable BundleLife awaitUninterruptibly(List<BundleLife> lives, long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return await(lives, deadline - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Returns the lives that satisfy a condition and that threads other than the caller are ending, without the lives for which the caller
     * has waited in vain.
     */
    List<BundleLife> endingElsewhere(Predicate<BundleLife> wanted) {
        return ending.stream()
                .filter(wanted)
                .filter(life -> !life.hasEnded() && !life.isEndedByCaller() && !life.isGivenUpByCaller())
                .toList();
    }

    /** Returns whether a bundle is starting, is active, or is stopping. */
    static boolean runs(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING)) != 0;
    }
}
