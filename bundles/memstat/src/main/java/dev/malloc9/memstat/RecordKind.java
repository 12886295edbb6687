package dev.malloc9.memstat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The two kinds of records, with the names of the knobs from which they are read. */
enum RecordKind {
    /** A {@code struct malloc_type_header}, followed by a {@code struct malloc_type_stats} for each CPU. */
    MALLOC(Allocator.MALLOC, 32, "kern.malloc_count", "kern.malloc_stats") {
        @Override
        Figures read(ByteBuffer record, int maxcpus) {
            List<Counters> percpu = new ArrayList<>(maxcpus);
            for (int cpu = 0; cpu < maxcpus; cpu++) {
                long memalloced = record.getLong();
                long memfreed = record.getLong();
                long numallocs = record.getLong();
                long numfrees = record.getLong();
                long sizemask = record.getLong();
                skip(record, 3 * Long.BYTES);
                percpu.add(new Counters(memalloced, memfreed, numallocs, numfrees, sizemask, 0));
            }
            return new Figures(0, 0, 0, 0, 0, 0, 0, Counters.sum(percpu), percpu);
        }
    },

    /** A {@code struct uma_type_header}, followed by a {@code struct uma_percpu_stat} for each CPU. */
    ZONE(Allocator.UMA, 120, "vm.zone_count", "vm.zone_stats") {
        @Override
        Figures read(ByteBuffer record, int maxcpus) {
            skip(record, Integer.BYTES); // uth_align
            long size = u32(record);
            long rsize = u32(record);
            skip(record, Integer.BYTES); // uth_maxpages
            long limit = u32(record);
            skip(record, Integer.BYTES); // uth_pages
            long kegfree = u32(record);
            long zonefree = u32(record);
            skip(record, Integer.BYTES); // uth_bucketsize
            boolean secondary = (u32(record) & SECONDARY) != 0;
            long allocs = record.getLong();
            long frees = record.getLong();
            long fails = record.getLong();
            long sleeps = record.getLong();
            skip(record, 2 * Long.BYTES);
            List<Counters> percpu = new ArrayList<>(maxcpus);
            for (int cpu = 0; cpu < maxcpus; cpu++) {
                long cpuAllocs = record.getLong();
                long cpuFrees = record.getLong();
                long cached = record.getLong();
                skip(record, 5 * Long.BYTES);
                percpu.add(items(cpuAllocs, cpuFrees, size, cached));
            }
            Counters all = Counters.sum(percpu).plus(items(allocs, frees, size, 0));
            return new Figures(
                    size, rsize, limit, fails, sleeps, zonefree, secondary ? 0 : kegfree, all, List.copyOf(percpu));
        }
    };

    /** The flag UTH_ZONE_SECONDARY. */
    private static final long SECONDARY = 1;

    private final Allocator allocator;
    private final int bytes;
    private final String countKnob;
    private final String streamKnob;

    RecordKind(Allocator allocator, int bytes, String countKnob, String streamKnob) {
        this.allocator = allocator;
        this.bytes = bytes;
        this.countKnob = countKnob;
        this.streamKnob = streamKnob;
    }

    /** Reads the part of a record that follows its name, and moves the buffer's position to the end of the record. */
    abstract Figures read(ByteBuffer record, int maxcpus);

    Allocator allocator() {
        return allocator;
    }

    /** Returns the number of bytes of a record before the parts of its CPUs. */
    int bytes() {
        return bytes;
    }

    String countKnob() {
        return countKnob;
    }

    String streamKnob() {
        return streamKnob;
    }

    private static Counters items(long allocs, long frees, long size, long cached) {
        return new Counters(allocs * size, frees * size, allocs, frees, 0, cached);
    }

    private static long u32(ByteBuffer record) {
        return Integer.toUnsignedLong(record.getInt());
    }

    private static void skip(ByteBuffer record, int bytes) {
        record.position(record.position() + bytes);
    }
}
