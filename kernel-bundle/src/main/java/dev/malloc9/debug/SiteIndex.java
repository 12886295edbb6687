package dev.malloc9.debug;

import dev.malloc9.vm.KernelLock;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The table of sites, which are found by their traces. A site leaves the table once it is unreachable elsewhere: the table refers to it
 * weakly.
 *
 * <p>The table has a fixed number of chains. A look-up takes no lock; adding and removing take the table's lock. A full table accepts no
 * new site. Each further trace then gets one common site without frames, until other sites have left.
 */
final class SiteIndex {

    /** The largest number of sites. */
    static final int MAX = 16_384;

    private static final int BUCKETS = MAX / 4;

    private final AtomicReferenceArray<@Nullable Link> buckets = new AtomicReferenceArray<>(BUCKETS);
    private final ReferenceQueue<Site> gone = new ReferenceQueue<>();
    private final KernelLock lock = new KernelLock();

    /** The common site of all traces that the table has no room for. It has no frames. */
    private final Site many = new Site(List.of(), new StackTrace(0));

    /** The number of links in the chains. Guarded by {@code lock}. */
    private int count;

    /** A weak reference to a site, and its link in a chain. */
    private static final class Link extends WeakReference<Site> {

        final int hash;

        /**
         * The next link of the chain. Written under {@code lock}. A removed link keeps its value, so that a concurrent look-up can
         * continue.
         */
        volatile @Nullable Link next;

        Link(Site site, ReferenceQueue<Site> gone, @Nullable Link next) {
            super(site, gone);
            this.hash = site.trace.hash();
            this.next = next;
        }
    }

    /** Returns the site of a trace, or null if the table has none. */
    @Nullable
    Site find(StackTrace trace) {
        int hash = trace.hash();
        for (Link link = buckets.get(bucket(hash)); link != null; link = link.next) {
            Site site = link.hash == hash ? link.get() : null;
            if (site != null && site.trace.isSame(trace)) {
                return site;
            }
        }
        return null;
    }

    /**
     * Returns the site of a trace, and creates it if the table has none. If the table is full, returns the common site without frames.
     *
     * @param trace the trace; a new site refers to it, so it must not change any more
     * @param frames the frames of a new site, innermost first
     */
    Site add(StackTrace trace, List<StackTraceElement> frames) {
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

    /** Returns the number of sites that may still be reachable. Removes the unreachable ones first. */
    int count() {
        lock.lock();
        try {
            sweep();
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the links of unreachable sites. The caller holds {@code lock}. */
    private void sweep() {
        for (Reference<? extends Site> left = gone.poll(); left != null; left = gone.poll()) {
            if (left instanceof Link link) {
                remove(link);
                count--;
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
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
