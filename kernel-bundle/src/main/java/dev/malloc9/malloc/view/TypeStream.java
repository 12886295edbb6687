package dev.malloc9.malloc.view;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;

import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.pcpu.CpuRecords;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.Request;
import dev.malloc9.sysctl.Sbuf;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.sysctl.Truncated;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The stream of types, {@code kern.malloc_stats}, in the byte order of the host.
 *
 * <pre>
 *   0    version = 1    4  CPU records a type = 32    8  types    12  0              struct malloc_type_stream_header
 *   then for each type, the newest first
 *   +0   name, 31 bytes and NULs                                                    struct malloc_type_header
 *   and for each CPU
 *   +0   bytes allocated   +8  bytes freed   +16 allocations   +24 frees            struct malloc_type_stats
 *   +32  mask of sizes: bit i, a class above 8 &lt;&lt; i and up to 16 &lt;&lt; i was asked for
 *   +40  three times 0
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: the list of types is frozen before the first byte, and counters are read type by type. No lock is held while bytes are
 *       handed over. The consumer may therefore block, and may register types.
 *   <li>Invariants: the header's count is the number of types that follow, unless the consumer reports an error. For one CPU, allocations
 *       minus frees may be negative. The sum over all CPUs is negative only if another allocator has reported more frees than allocations.
 *   <li>Cost: 2080 bytes per type, handed over in pieces of at most 127 bytes.
 *   <li>Differs from BSD: BSD has one record for each CPU. Here there are always 32 records. Slot n counts in record n modulo 32.
 * </ul>
 */
public final class TypeStream {

    private static final Oid STATS = Oid.opaque(
            "kern.malloc_stats", CTLFLAG_RD, "s,malloc_type_ustats", "statistics of all memory types, newest first");

    private static final Oid COUNT =
            Oid.integer("kern.malloc_count", CTLFLAG_RD, "memory types that are registered now");

    private static final int MALLOC_TYPE_STREAM_VERSION = 1;
    private static final int STREAM_HEADER_BYTES = 16;

    /** The size of one CPU's record in bytes. */
    private static final int CPU_BYTES = 64;

    /** The size of the name field in bytes, with at least one NUL at its end. */
    private static final int MALLOC_MAX_NAME = 32;

    /** The size of the buffer in bytes: the largest piece that is handed over, and one byte for a NUL. */
    private static final int SBUF_BYTES = 128;

    private final MallocTypes types;

    public TypeStream(MallocTypes types) {
        this.types = types;
    }

    /** Adds the knobs {@code kern.malloc_stats} and {@code kern.malloc_count}. */
    public void declare(SysctlTree tree) {
        tree.add(STATS.bind(this::write));
        tree.add(COUNT.bind(() -> types.registered().size()));
    }

    /** Writes the stream, and returns the errno of the first error; 0 if there was none. */
    private int write(Request request) {
        List<MallocTypeInternal> frozen = types.registered().reversed();
        Sbuf sbuf = Sbuf.forRequest(SBUF_BYTES, request);
        sbuf.append(ByteBuffer.allocate(STREAM_HEADER_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(MALLOC_TYPE_STREAM_VERSION)
                .putInt(CpuRecords.MAXCPU)
                .putInt(frozen.size())
                .array());
        for (MallocTypeInternal type : frozen) {
            if (sbuf.error() != 0) {
                break;
            }
            sbuf.append(Truncated.name(type.name, MALLOC_MAX_NAME));
            sbuf.append(statistics(type.countersByCpu()));
        }
        return sbuf.finish();
    }

    private static byte[] statistics(Counters[] records) {
        byte[] bytes = new byte[CpuRecords.MAXCPU * CPU_BYTES];
        ByteBuffer statistics = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        for (int cpu = 0; cpu < records.length; cpu++) {
            statistics
                    .position(cpu * CPU_BYTES)
                    .putLong(records[cpu].allocated())
                    .putLong(records[cpu].freed())
                    .putLong(records[cpu].allocs())
                    .putLong(records[cpu].frees())
                    .putLong(Integer.toUnsignedLong(records[cpu].sizeMask()));
        }
        return bytes;
    }
}
