package dev.malloc9.malloc.statsfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A reader of a statistics file, which uses only the documented offsets. */
public final class Snapshot {

    private final byte[] bytes;
    private final ByteBuffer file;

    private Snapshot(byte[] bytes) {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    public static Snapshot of(Path path) throws IOException {
        return new Snapshot(Files.readAllBytes(path));
    }

    static Snapshot of(byte[] bytes) {
        return new Snapshot(bytes);
    }

    /** The counters of a type, summed over its CPUs, in the order of malloc_type_stats. */
    public record Stats(long memalloced, long memfreed, long numallocs, long numfrees, long size) {
        public long blocks() {
            return numallocs - numfrees;
        }

        public long bytes() {
            return memalloced - memfreed;
        }
    }

    int u32(long offset) {
        return file.getInt((int) offset);
    }

    long u64(long offset) {
        return file.getLong((int) offset);
    }

    long size() {
        return file.capacity();
    }

    /** Returns the state of the file: 0 being made, 1 in use or its kernel was killed, 2 ended cleanly. */
    public int state() {
        return u32(12);
    }

    /** Returns the types in the order of their registration. Of two types with the same name, the figures are those of the later one. */
    public Map<String, Stats> types() {
        long stream = u64(48);
        Map<String, Stats> types = new LinkedHashMap<>();
        for (int place : places().values()) {
            long at = stream + 16 + 2080L * place;
            types.put(name((int) at), stats(at + 32));
        }
        return types;
    }

    /** Returns the types in the format of {@code kern.malloc_stats}, newest first. */
    public byte[] stream() {
        int stream = (int) u64(48);
        Map<Long, Integer> places = places();
        ByteBuffer types = ByteBuffer.allocate(16 + 2080 * places.size()).order(ByteOrder.nativeOrder());
        types.putInt(u32(stream)).putInt(u32(stream + 4)).putInt(places.size()).putInt(0);
        List.copyOf(places.values()).reversed().forEach(place -> types.put(bytes, stream + 16 + 2080 * place, 2080));
        return types.array();
    }

    /** Returns the places in use, by the rank of their types' registration. */
    private Map<Long, Integer> places() {
        Map<Long, Integer> places = new TreeMap<>();
        for (int place = 0; place < u32(u64(48) + 8); place++) {
            long rank = u64(4096 + 8L * place);
            if (rank != 0) {
                places.put(rank, place);
            }
        }
        return places;
    }

    private String name(int at) {
        int length = 0;
        while (file.get(at + length) != 0) {
            length++;
        }
        return new String(bytes, at, length, StandardCharsets.UTF_8);
    }

    private Stats stats(long at) {
        long[] sums = new long[5];
        for (int cpu = 0; cpu < 32; cpu++) {
            for (int word = 0; word < 4; word++) {
                sums[word] += u64(at + 64L * cpu + 8L * word);
            }
            sums[4] |= u64(at + 64L * cpu + 32);
        }
        return new Stats(sums[0], sums[1], sums[2], sums[3], sums[4]);
    }
}
