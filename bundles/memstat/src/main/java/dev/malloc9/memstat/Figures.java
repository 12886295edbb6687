package dev.malloc9.memstat;

import java.util.List;
import java.util.Objects;

/**
 * The figures of a memory type in one reading.
 *
 * @param all the sums over all CPUs; for a zone with the counters that belong to no CPU
 * @param percpu the counters of each CPU for which the stream has records
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

    /** Returns the counters of a CPU; zero for a CPU without record. Throws if the CPU is not 0 to MAXCPU - 1. */
    Counters on(int cpu) {
        Objects.checkIndex(cpu, MemoryType.MAXCPU);
        return cpu < percpu.size() ? percpu.get(cpu) : Counters.NONE;
    }
}
