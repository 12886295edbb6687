package dev.malloc9.stress.kill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A statistics file that is read by its documented offsets. Its header and the places of its types are checked. */
final class DeadFile {

    private static final int PLACE_BYTES = 32 + 32 * 64;

    private final byte[] bytes;
    private final ByteBuffer file;

    private DeadFile(byte[] bytes) {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * Reads the counters of each type, summed over its CPUs, by the name of the type.
     *
     * @throws IllegalStateException if the file breaks its documented layout
     * @throws IndexOutOfBoundsException if the file is too short
     * @throws IOException if the file cannot be read
     */
    static Map<String, long[]> read(Path path) throws IOException {
        return new DeadFile(Files.readAllBytes(path)).types();
    }

    private Map<String, long[]> types() {
        require(new String(bytes, 0, 8, StandardCharsets.US_ASCII).equals("malloc9s"), "magic");
        require(file.getInt(8) == 1, "version");
        require(file.getInt(12) == 1, "state");
        int stream = (int) file.getLong(48);
        require(file.getInt(stream) == 1 && file.getInt(stream + 4) == 32, "stream");
        int places = file.getInt(stream + 8);
        require(places >= 0 && places <= file.getLong(56), "count");
        require(file.getLong(64) == 0, "types without a place");
        Map<String, long[]> types = new HashMap<>();
        for (int place = 0; place < places; place++) {
            if (file.getLong(4096 + 8 * place) != 0) {
                int at = stream + 16 + place * PLACE_BYTES;
                String name = new String(bytes, at, 32, StandardCharsets.UTF_8);
                String shown = name.substring(0, Math.max(0, name.indexOf('\0')));
                require(types.put(shown, counters(at + 32)) == null, "two types called '" + shown + "'");
            }
        }
        return types;
    }

    private long[] counters(int at) {
        long[] sums = new long[Truth.COUNTERS];
        for (int cpu = 0; cpu < 32; cpu++) {
            for (int counter = 0; counter < sums.length; counter++) {
                sums[counter] += file.getLong(at + 64 * cpu + 8 * counter);
            }
        }
        return sums;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("the file's " + what);
        }
    }
}
