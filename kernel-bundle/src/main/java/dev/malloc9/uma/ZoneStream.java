package dev.malloc9.uma;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;

import dev.malloc9.pcpu.CpuRecords;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.Request;
import dev.malloc9.sysctl.Sbuf;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.sysctl.Truncated;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The stream of zone statistics, {@code vm.zone_stats}, in the byte order of the host.
 *
 * <pre>
 *   0    version = 1   4  CPU records a zone   8  zones   12  0                                      struct uma_stream_header
 *   then for each zone
 *   +0   name, 31 bytes and NULs
 *   +32  alignment mask      +36 size asked for   +40 size   +44 most pages   +48 limit in items     struct uma_type_header
 *   +52  pages   +56 free in slabs   +60 free in the depot   +64 0   +68 1 if secondary
 *   +72  allocs   +80 frees   +88 fails   +96 sleeps   +104 0   +112 0
 *   and for each CPU
 *   +0   0   +8  0   +16  free in its cache   +24 five times 0                                       struct uma_percpu_stat
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: the set of zones is fixed before the first byte is written. No lock is held while bytes are handed over.
 *   <li>Invariants: the counts in the stream's header equal the numbers of records, unless the reader returns an error: the stream then
 *       ends early.
 *   <li>Cost: a read examines the caches of all CPUs.
 *   <li>Differs from BSD: the counts of a zone include the operations that a CPU has counted since its last flush. The limit in items is
 *       that of the zone itself; BSD takes the limit of the last keg.
 * </ul>
 */
public final class ZoneStream {

    private static final Oid COUNT = Oid.integer("vm.zone_count", CTLFLAG_RD, "zones there are now");

    private static final Oid STATS = Oid.opaque(
            "vm.zone_stats", CTLFLAG_RD, "s,struct uma_type_header", "statistics of all zones, newest first");

    private static final int UMA_STREAM_VERSION = 1;
    private static final int STREAM_HEADER_BYTES = 16;
    private static final int ZONE_HEADER_BYTES = 120;
    private static final int CPU_BYTES = 64;
    private static final int UNIT_PAGES = KernelMap.UNIT / PageSource.PAGE;
    private static final int UTH_MAX_NAME = 32;
    private static final int UTH_ZONE_SECONDARY = 1;

    /** The bytes of the buffer: the bytes that are handed over at a time, and a NUL. */
    private static final int SBUF_BYTES = 128;

    /** The offset in the header of a zone at which the counters of 64 bits begin. */
    private static final int COUNTERS = 72;

    private final Uma uma;
    private final Supplier<List<ZoneRecord>> zones;

    /**
     * Creates the stream of an allocator.
     *
     * @param uma the allocator, whose caches are counted
     * @param zones supplies all zones that exist at the time of the call, the oldest first
     */
    public ZoneStream(Uma uma, Supplier<List<ZoneRecord>> zones) {
        this.uma = uma;
        this.zones = zones;
    }

    /** Adds the knobs of this layer to the tree. */
    public void declare(SysctlTree tree) {
        tree.add(COUNT.bind(() -> zones.get().size()));
        tree.add(STATS.bind(this::write));
    }

    /** Writes the stream into the answer of a request, and returns the error number; 0 for success. */
    private int write(Request request) {
        List<ZoneRecord> frozen = newestKegFirst(zones.get());
        int cpus = CpuRecords.count(uma.cpus().all().size());
        Sbuf sbuf = Sbuf.forRequest(SBUF_BYTES, request);
        sbuf.append(buffer(STREAM_HEADER_BYTES)
                .putInt(UMA_STREAM_VERSION)
                .putInt(cpus)
                .putInt(frozen.size())
                .array());
        for (ZoneRecord zone : frozen) {
            if (sbuf.error() != 0) {
                break;
            }
            sbuf.append(header(zone));
            long[] cached = uma.cachedByCpu(zone.zone(), cpus);
            for (int cpu = 0; cpu < cpus; cpu++) {
                sbuf.append(
                        buffer(CPU_BYTES).putLong(2 * Long.BYTES, cached[cpu]).array());
            }
        }
        return sbuf.finish();
    }

    /**
     * Returns the header of a zone. The limit in pages is computed with the slabs of the last keg. The pages and the free items in slabs
     * are sums over all kegs.
     */
    private static byte[] header(ZoneRecord record) {
        UmaZone zone = record.zone();
        List<Keg> kegs = zone.kegs();
        Keg keg = kegs.getLast();
        int slabPages = keg.slabUnits() * UNIT_PAGES;
        byte[] bytes = new byte[ZONE_HEADER_BYTES];
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        header.put(Truncated.name(zone.name(), UTH_MAX_NAME))
                .putInt(record.alignMask())
                .putInt((int) record.sizeBytes())
                .putInt((int) zone.itemBytes())
                .putInt((int) (Math.ceilDiv(record.limit(), keg.ipers()) * slabPages))
                .putInt((int) record.limit())
                .putInt((int) (kegs.stream().mapToLong(Keg::slabBytes).sum() / PageSource.PAGE))
                .putInt((int) kegs.stream().mapToLong(Keg::free).sum())
                .putInt((int) zone.depotItems())
                .putInt(0)
                .putInt(zone.primary() ? 0 : UTH_ZONE_SECONDARY);
        header.putLong(COUNTERS, record.allocs())
                .putLong(COUNTERS + Long.BYTES, record.frees())
                .putLong(COUNTERS + 2 * Long.BYTES, zone.failures())
                .putLong(COUNTERS + 3 * Long.BYTES, record.sleeps());
        return bytes;
    }

    /**
     * Returns the zones ordered by keg, the newest keg first. The zones of one keg follow each other, the oldest first, so that a master
     * precedes its secondary zones.
     */
    private static List<ZoneRecord> newestKegFirst(List<ZoneRecord> oldestFirst) {
        Map<Keg, List<ZoneRecord>> byKeg = new LinkedHashMap<>();
        for (ZoneRecord record : oldestFirst) {
            byKeg.computeIfAbsent(record.zone().keg(), keg -> new ArrayList<>()).add(record);
        }
        return List.copyOf(byKeg.values()).reversed().stream()
                .flatMap(List::stream)
                .toList();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}
