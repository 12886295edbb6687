package malloc9.debug;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The table of sites, found by their traces; a site that nobody holds any more leaves it by itself.
 *
 * <p>Chains of a fixed number of buckets. Who looks takes no lock; who adds or sweeps does. A full table takes no new sites: what comes
 * then shares one without frames, until others have left.
 */
final class SiteTable {

    /** Sites at most. */
    static final int MAX = 16_384;

    private static final int BUCKETS = MAX / 4;

    private final AtomicReferenceArray<@Nullable Link> buckets = new AtomicReferenceArray<>(BUCKETS);
    private final ReferenceQueue<Site> gone = new ReferenceQueue<>();
    private final KernelLock lock = new KernelLock();

    /** What all sites are that the table has no room for. */
    private final Site many = new Site(List.of(), new Trace(0));

    /** Guarded by lock. */
    private int count;

    /** A site in its chain. */
    private static final class Link extends WeakReference<Site> {

        final int hash;

        /** Written under lock; one that has left still leads on. */
        volatile @Nullable Link next;

        Link(Site site, ReferenceQueue<Site> gone, @Nullable Link next) {
            super(site, gone);
            this.hash = site.trace.hash();
            this.next = next;
        }
    }

    /** The site of that trace, or null if it is not known. */
    @Nullable
    Site find(Trace trace) {
        int hash = trace.hash();
        for (Link link = buckets.get(bucket(hash)); link != null; link = link.next) {
            Site site = link.hash == hash ? link.get() : null;
            if (site != null && site.trace.isSame(trace)) {
                return site;
            }
        }
        return null;
    }

    /** The site of that trace, which is made if it is not known. */
    Site add(Trace trace, List<StackTraceElement> frames) {
        lock.lock();
        try {
            sweep();
            Site known = find(trace);
            if (known != null) {
                return known;
            }
            if (count == MAX) {
                return many;
            }
            Site site = new Site(frames, trace);
            int bucket = bucket(trace.hash());
            buckets.set(bucket, new Link(site, gone, buckets.get(bucket)));
            count++;
            return site;
        } finally {
            lock.unlock();
        }
    }

    /** Sites that somebody may hold. */
    int count() {
        lock.lock();
        try {
            sweep();
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void sweep() {
        for (Reference<? extends Site> left = gone.poll(); left != null; left = gone.poll()) {
            if (left instanceof Link link) {
                remove(link);
                count--;
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // a link is who it is
    private void remove(Link left) {
        int bucket = bucket(left.hash);
        Link before = null;
        Link link = buckets.get(bucket);
        while (link != null && link != left) {
            before = link;
            link = link.next;
        }
        if (before == null) {
            buckets.set(bucket, left.next);
        } else {
            before.next = left.next;
        }
    }

    private static int bucket(int hash) {
        return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
    }
}
