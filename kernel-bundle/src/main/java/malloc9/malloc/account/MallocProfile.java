package malloc9.malloc.account;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import malloc9.uma.Slab;

/**
 * The histogram of requested sizes (MALLOC_PROFILE): one bucket for each 16 bytes up to the largest size class, and
 * {@code kern.mprof}, which shows what the classes waste.
 *
 * <p>Differs from BSD in one line: its loop forgets the last bucket, that of the largest class, here it is shown.
 */
public final class MallocProfile {

    private final SizeClasses classes;
    private final AtomicLongArray requests;
    private volatile boolean on;

    public MallocProfile(SizeClasses classes) {
        this.classes = classes;
        this.requests = new AtomicLongArray((int) (classes.largest() >>> Slab.GRANULE_SHIFT) + 1);
    }

    /** Whether requests are counted; what was counted stays. */
    public void on(boolean count) {
        on = count;
    }

    public boolean isOn() {
        return on;
    }

    /** Counts a request, if it is small. */
    public void count(long size) {
        if (on && size <= classes.largest()) {
            requests.getAndIncrement((int) ((size + Slab.GRANULE - 1) >>> Slab.GRANULE_SHIFT));
        }
    }

    /** The text of kern.mprof; empty while nothing was counted, as in a kernel without the profile. */
    public String knob() {
        for (int bucket = 0; bucket < requests.length(); bucket++) {
            if (requests.get(bucket) != 0) {
                return text();
            }
        }
        return "";
    }

    /** The histogram. */
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
