package malloc9.module;

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
 * The lives of bundles that are not revoked: at most one a bundle whose types are registered, and any number that a thread ends or has ended in
 * vain.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: a life enters the set of ending lives before it leaves the map of registered ones, and the set when its memory is
 *       revoked. A reader looks at the map first, so that it misses none.
 *   <li>Invariants: a life is ended once, by the thread that claims it; the end is told whatever happens to that thread.
 * </ul>
 */
final class BundleLives {

    /** By bundle id, and so in the order of installation. */
    private final Map<Long, BundleLife> registered = new ConcurrentSkipListMap<>();

    private final Set<BundleLife> ending = ConcurrentHashMap.newKeySet();

    /** Returns the present life of a bundle, or null. */
    @Nullable
    BundleLife of(long bundleId) {
        return registered.get(bundleId);
    }

    /** Returns all present lives, by bundle id. */
    List<BundleLife> all() {
        return List.copyOf(registered.values());
    }

    /** Adds a life; false if the bundle has one. */
    boolean add(BundleLife life) {
        return registered.putIfAbsent(life.bundleId(), life) == null;
    }

    /** Removes a life that came to nothing. */
    void remove(BundleLife life) {
        registered.remove(life.bundleId(), life);
    }

    /** Ends a life, unless another thread does; this method does not wait for that thread. */
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
     * Waits until a bundle's former lives are revoked, and its present one if it has stopped: the event is on the way then.
     *
     * @return false if one is not revoked in time
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

    private List<BundleLife> stopped(long bundleId) {
        BundleLife present = of(bundleId);
        Set<BundleLife> lives = new LinkedHashSet<>();
        if (present != null && (present.isClaimed() || !runs(present.bundle))) {
            lives.add(present);
        }
        ending.stream().filter(life -> life.bundleId() == bundleId).forEach(lives::add);
        return List.copyOf(lives);
    }

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
     * Waits for the ends of lives, and keeps an interrupt for later.
     *
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

    /** Returns the lives that other threads than the caller are ending. */
    List<BundleLife> endingElsewhere(Predicate<BundleLife> wanted) {
        return ending.stream()
                .filter(wanted)
                .filter(life -> !life.hasEnded() && !life.isEndedByCaller() && !life.isGivenUpByCaller())
                .toList();
    }

    /** Whether a bundle is on its way to a stop, or runs. */
    static boolean runs(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING)) != 0;
    }
}
