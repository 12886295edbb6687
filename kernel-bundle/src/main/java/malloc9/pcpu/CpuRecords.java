package malloc9.pcpu;

import static malloc9.api.sysctl.Knob.CTLFLAG_RD;

import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;

/**
 * The CPUs as the statistics streams have them: no more than FreeBSD's library takes, so that many slots share a record.
 */
public final class CpuRecords {

    /** The most records of CPUs in a stream (MAXCPU, MEMSTAT_MAXCPU). */
    public static final int MAXCPU = 32;

    private static final Oid MAXCPUS =
            Oid.integer("kern.smp.maxcpus", CTLFLAG_RD, "records of CPUs that statistics have at most");

    private static final Oid MAXID =
            Oid.integer("kern.smp.maxid", CTLFLAG_RD, "largest number of a CPU that statistics have a record of");

    private CpuRecords() {}

    /** The record that a slot counts in. */
    public static int of(int slot) {
        return slot % MAXCPU;
    }

    /** How many records that many slots count in. */
    public static int count(int slots) {
        return Math.min(slots, MAXCPU);
    }

    /** Adds the knobs of this layer. */
    public static void declare(SysctlTree tree) {
        tree.add(MAXCPUS.bind(() -> MAXCPU));
        tree.add(MAXID.bind(() -> MAXCPU - 1));
    }
}
