package dev.malloc9.malloc.account;

import dev.malloc9.uma.Slab;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The histogram of requested sizes (MALLOC_PROFILE). It has one bucket for each 16 bytes up to the largest size class, and one for size 0.
 * The text of {@code kern.mprof} shows it, and the memory that the size classes waste.
 *
 * <p>Differs from BSD in one line: the loop of FreeBSD omits the last bucket, that of the largest class. Here the bucket is shown.
 */
public final class MallocProfile {

    private final SizeClasses classes;

    /** The number of requests by size in granules, rounded up. Never reset. */
    private final AtomicLongArray requests;

    /** True while requests are counted. */
    private volatile boolean on;

    /** Creates an empty histogram that does not count. */
    public MallocProfile(SizeClasses classes) {
        this.classes = classes;
        this.requests = new AtomicLongArray((int) (classes.largest() >>> Slab.GRANULE_SHIFT) + 1);
    }

    /** Starts or stops counting. Earlier counts are kept. */
    public void on(boolean count) {
        on = count;
    }

    /** Returns whether requests are counted. */
    public boolean isOn() {
        return on;
    }

    /**
     * Counts a request, if counting is on and the size is not above the largest class.
     *
     * @param size the requested size in bytes, not negative
     */
    public void count(long size) {
        if (on && size <= classes.largest()) {
            requests.getAndIncrement((int) ((size + Slab.GRANULE - 1) >>> Slab.GRANULE_SHIFT));
        }
    }

    /** Returns the text of kern.mprof. Returns the empty string if no request was counted, as a kernel without the profile does. */
    public String knob() {
        for (int bucket = 0; bucket < requests.length(); bucket++) {
            if (requests.get(bucket) != 0) {
                return text();
            }
        }
        return "";
    }

    /**
     * Returns the histogram as text, even if no request was counted. Each size is shown as the upper bound of its bucket, from which the
     * used and wasted memory is computed.
     */
    public String text() {
        StringBuilder text = new StringBuilder("\n  Size                    Requests  Real Size\n");
        long used = 0;
        long wasted = 0;
        for (int bucket = 0; bucket < requests.length(); bucket++) {
            long size = (long) bucket << Slab.GRANULE_SHIFT;
            long real = classes.accounted(size);
            long count = requests.get(bucket);
            text.append(String.format(Locale.ROOT, "%6d%28d%11d\n", size, count, real));
            used += real * count;
            wasted += (real - size) * count;
        }
        return text.append(String.format(
                        Locale.ROOT, "\nTotal memory used:\t%30d\nTotal Memory wasted:\t%30d\n", used, wasted))
                .toString();
    }
}
