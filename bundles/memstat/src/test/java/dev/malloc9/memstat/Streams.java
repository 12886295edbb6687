package dev.malloc9.memstat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Writes streams in the format of the specification. No code is shared with the reader. */
public final class Streams {

    /** The counters of a CPU. For a malloc type: memalloced, memfreed, numallocs, numfrees, size. For a zone: allocs, frees, cached. */
    public record CpuRecord(List<Long> counters) {
        public CpuRecord(long... counters) {
            this(LongStream.of(counters).boxed().toList());
        }
    }

    /** A malloc type. The counters of a CPU without an entry are 0. */
    public record TypeRecord(String name, Map<Integer, CpuRecord> cpus) {}

    /**
     * A zone: the {@code uint32_t} and {@code uint64_t} fields after the name, in the order of the stream. The counters of a CPU without an
     * entry are 0.
     */
    public record ZoneRecord(String name, List<Integer> words, List<Long> counters, Map<Integer, CpuRecord> cpus) {
        public ZoneRecord(String name, int[] words, long[] counters, Map<Integer, CpuRecord> cpus) {
            this(
                    name,
                    IntStream.of(words).boxed().toList(),
                    LongStream.of(counters).boxed().toList(),
                    cpus);
        }
    }

    private Streams() {}

    /** Returns a stream of {@code kern.malloc_stats}. The types are in the order of the stream: newest first. */
    public static byte[] malloc(int maxcpus, TypeRecord... types) {
        byte[] bytes = new byte[16 + types.length * (32 + 64 * maxcpus)];
        ByteBuffer stream = header(bytes, maxcpus, types.length);
        for (TypeRecord type : types) {
            stream.put(name(type.name()));
            cpus(stream, maxcpus, type.cpus());
        }
        return bytes;
    }

    /** Returns a stream of {@code vm.zone_stats}. The zones are in the order of the stream: newest first. */
    public static byte[] zones(int maxcpus, ZoneRecord... zones) {
        byte[] bytes = new byte[16 + zones.length * (120 + 64 * maxcpus)];
        ByteBuffer stream = header(bytes, maxcpus, zones.length);
        for (ZoneRecord zone : zones) {
            stream.put(name(zone.name()));
            for (int word : zone.words()) {
                stream.putInt(word);
            }
            for (long counter : zone.counters()) {
                stream.putLong(counter);
            }
            cpus(stream, maxcpus, zone.cpus());
        }
        return bytes;
    }

    /**
     * Returns a zone with the figures that a test inspects. The other figures are fixed, and no CPU has counters.
     *
     * @param counters the first four {@code uint64_t} fields; further values are ignored
     */
    public static ZoneRecord zone(
            String name, int size, int limit, int kegFree, int zoneFree, boolean secondary, long... counters) {
        int[] words = {15, size, size + 8, 100, limit, 50, kegFree, zoneFree, 0, secondary ? 1 : 0};
        long[] six = {counters[0], counters[1], counters[2], counters[3], 0, 0};
        return new ZoneRecord(name, words, six, Map.of());
    }

    /** Returns a list of the types or zones in the stream. */
    public static MemoryTypeList list(byte[] stream) {
        MemoryTypeList list = MemoryTypeList.alloc();
        read(list, stream);
        return list;
    }

    /** Reads a stream into a list, and returns the allocator of the stream. An IOException is rethrown as an UncheckedIOException. */
    public static Allocator read(MemoryTypeList list, byte[] stream) {
        try {
            return list.read(new ByteArrayInputStream(stream), Allocator.ANY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a stream with the five types of the golden table of vmstat -m. */
    public static byte[] goldenTypes() {
        return malloc(
                32,
                new TypeRecord("newest", Map.of(0, new CpuRecord(128, 0, 1, 0, 1 << 3), 1, new CpuRecord(0, 64, 0, 1))),
                new TypeRecord(
                        "temp", Map.of(0, new CpuRecord(12288, 4096, 3, 1, 1 << 8), 5, new CpuRecord(16, 16, 1, 1, 1))),
                new TypeRecord("unused", Map.of()),
                new TypeRecord("a type name longer than thirty ", Map.of(2, new CpuRecord(10000, 0, 7))),
                new TypeRecord("oldest", Map.of(31, new CpuRecord(0, 100, 0, 2))));
    }

    /** A place of a statistics file: the rank of its type by registration, 0 if the place is empty, and the record that is stored in it. */
    public record Place(long rank, TypeRecord type) {}

    /**
     * Returns a statistics file of process 99999999, booted at 2026-11-23T05:00:00Z. A process that ended did so an hour later.
     *
     * @param state 0 if the file is being made, 1 if it is in use or its process was killed, 2 if the process ended cleanly
     */
    public static byte[] file(ByteOrder order, int state, int capacity, Place... places) {
        int stream = 4096 + 8 * capacity + 16;
        ByteBuffer file = ByteBuffer.allocate(stream + 16 + 2080 * capacity).order(order);
        file.put("malloc9s".getBytes(StandardCharsets.US_ASCII)).putInt(1).putInt(state);
        file.putLong(1_795_410_000_000L).putLong(state == 2 ? 1_795_413_600_000L : 0);
        file.putLong(99_999_999).putLong(4096).putLong(stream).putLong(capacity).putLong(0);
        file.position(stream);
        file.putInt(1).putInt(32).putInt(places.length).putInt(0);
        for (int i = 0; i < places.length; i++) {
            file.putLong(4096 + 8 * i, places[i].rank());
            file.put(name(places[i].type().name()));
            cpus(file, 32, places[i].type().cpus());
        }
        return file.array();
    }

    /**
     * Returns a statistics file with the types of {@link #goldenTypes}. The order of the places is not the order of registration, and one
     * place is empty.
     */
    public static byte[] goldenFile(int state) {
        return file(
                ByteOrder.nativeOrder(),
                state,
                8,
                new Place(
                        7,
                        new TypeRecord(
                                "newest", Map.of(0, new CpuRecord(128, 0, 1, 0, 8), 1, new CpuRecord(0, 64, 0, 1)))),
                new Place(0, new TypeRecord("gone", Map.of(3, new CpuRecord(1, 1, 1, 1, 1)))),
                new Place(4, new TypeRecord("a type name longer than thirty ", Map.of(2, new CpuRecord(10000, 0, 7)))),
                new Place(2, new TypeRecord("oldest", Map.of(31, new CpuRecord(0, 100, 0, 2)))),
                new Place(5, new TypeRecord("unused", Map.of())),
                new Place(
                        6,
                        new TypeRecord(
                                "temp",
                                Map.of(
                                        0,
                                        new CpuRecord(12288, 4096, 3, 1, 1 << 8),
                                        5,
                                        new CpuRecord(16, 16, 1, 1, 1)))));
    }

    /** Returns a stream with the three zones of the golden table of vmstat -z. */
    public static byte[] goldenZones() {
        ZoneRecord mbuf = new ZoneRecord(
                "mbuf",
                new int[] {255, 256, 256, 0, 0, 0, 10, 20, 0, 0},
                new long[] {100, 40, 1, 2, 0, 0},
                Map.of(0, new CpuRecord(2, 0, 1), 1, new CpuRecord(1, 1, 1)));
        ZoneRecord packet = new ZoneRecord(
                "mbuf_packet",
                new int[] {255, 256, 256, 0, 0, 0, 10, 2, 0, 1},
                new long[] {50, 45, 0, 0, 0, 0},
                Map.of(1, new CpuRecord(0, 0, 4)));
        ZoneRecord cluster = new ZoneRecord(
                "mbuf_cluster",
                new int[] {2047, 2048, 2048, 12800, 25600, 4, 1, 0, 0, 0},
                new long[] {10, 2, 3, 0, 0, 0},
                Map.of());
        return zones(2, mbuf, packet, cluster);
    }

    private static ByteBuffer header(byte[] bytes, int maxcpus, int count) {
        return ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(maxcpus)
                .putInt(count)
                .putInt(0);
    }

    private static void cpus(ByteBuffer stream, int maxcpus, Map<Integer, CpuRecord> cpus) {
        for (int cpu = 0; cpu < maxcpus; cpu++) {
            int end = stream.position() + 64;
            for (long counter : cpus.getOrDefault(cpu, new CpuRecord()).counters()) {
                stream.putLong(counter);
            }
            stream.position(end);
        }
    }

    private static byte[] name(String name) {
        byte[] field = new byte[32];
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, field, 0, bytes.length);
        return field;
    }
}
