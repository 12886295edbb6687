package dev.malloc9.pcpu;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;

/**
 * Maps per-CPU slots to the CPU records of the statistics streams. A stream has no more records than FreeBSD's library accepts, so several
 * slots may share a record.
 */
public final class CpuRecords {

    /** The maximum number of CPU records in a stream (MAXCPU, MEMSTAT_MAXCPU). */
    public static final int MAXCPU = 32;

    private static final Oid MAXCPUS =
            Oid.integer("kern.smp.maxcpus", CTLFLAG_RD, "records of CPUs that statistics have at most");

    private static final Oid MAXID =
            Oid.integer("kern.smp.maxid", CTLFLAG_RD, "largest number of a CPU that statistics have a record of");

    private CpuRecords() {}

    /**
     * Returns the index of the record in which a slot is counted.
     *
     * @param slot the number of the slot, 0 or more
     */
    public static int of(int slot) {
        return slot % MAXCPU;
    }

    /** Returns the number of records that the given number of slots needs, at most {@link #MAXCPU}. */
    public static int count(int slots) {
        return Math.min(slots, MAXCPU);
    }

    /** Adds the knobs of this layer to the tree. */
    public static void declare(SysctlTree tree) {
        tree.add(MAXCPUS.bind(() -> MAXCPU));
        tree.add(MAXID.bind(() -> MAXCPU - 1));
    }
}
