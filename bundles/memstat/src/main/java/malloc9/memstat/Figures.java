package malloc9.memstat;

import java.util.List;
import java.util.Objects;

/**
 * What one reading says of a memory type.
 *
 * @param all the sums
 * @param percpu one for each CPU that the stream has records of
 */
record Figures(
        long size,
        long rsize,
        long countlimit,
        long failures,
        long sleeps,
        long zonefree,
        long kegfree,
        Counters all,
        List<Counters> percpu) {

    /** A CPU's counters; zero for those that the stream knows nothing of. */
    Counters on(int cpu) {
        Objects.checkIndex(cpu, MemoryType.MAXCPU);
        return cpu < percpu.size() ? percpu.get(cpu) : Counters.NONE;
    }
}
