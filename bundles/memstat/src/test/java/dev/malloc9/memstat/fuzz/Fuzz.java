package dev.malloc9.memstat.fuzz;

import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.Growth;
import dev.malloc9.memstat.KnobFailed;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.MemoryTypeList;
import dev.malloc9.memstat.MemstatError;
import dev.malloc9.memstat.MemstatFailed;
import dev.malloc9.memstat.Streams;
import dev.malloc9.memstat.view.GrowthTable;
import dev.malloc9.memstat.view.MallocTable;
import dev.malloc9.memstat.view.Table;
import dev.malloc9.memstat.view.TypeTable;
import dev.malloc9.memstat.view.UmaTable;
import dev.malloc9.memstat.view.ZoneTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Feeds the reader inputs that are mostly wrong, as streams and as running kernels, and prints all tables of each result. Each input must
 * end in tables or in a {@link MemstatFailed}. A refused input must leave the list unchanged.
 */
public final class Fuzz {

    /** The types that the list holds before an input is read. */
    private static final byte[] BEFORE = Streams.goldenTypes();

    private static final Duration HANG = Duration.ofSeconds(20);

    private final long seed;
    private final AtomicLong begun = new AtomicLong();
    private final Map<MemstatError, Long> refused = new EnumMap<>(MemstatError.class);
    private long taken;
    private long rows;

    Fuzz(long seed) {
        this.seed = seed;
    }

    /**
     * Runs a number of inputs from a seed.
     *
     * @param args {@code [COUNT [SEED]]}: 1,000,000 inputs from seed 1 if not given
     */
    public static void main(String[] args) {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        Fuzz fuzz = new Fuzz(seed);
        Thread.ofPlatform().daemon().name("watchdog").start(fuzz::watch);
        long start = System.nanoTime();
        fuzz.run(count);
        System.out.printf(
                Locale.ROOT,
                "%d inputs from seed %d in %d s: %d tables, refused %s%n",
                count,
                seed,
                (System.nanoTime() - start) / 1_000_000_000,
                fuzz.taken,
                fuzz.refused);
    }

    void run(long count) {
        for (long i = 0; i < count; i++) {
            begun.incrementAndGet();
            byte[] input = new Inputs(seed + i).next();
            try {
                one(input, i);
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(
                        "input of seed " + (seed + i) + ": " + HexFormat.of().formatHex(input), e);
            }
        }
    }

    Map<MemstatError, Long> refused() {
        return refused;
    }

    long taken() {
        return taken;
    }

    long rows() {
        return rows;
    }

    private void one(byte[] input, long which) throws IOException {
        MemoryTypeList list = Streams.list(BEFORE);
        List<MemoryType> before = list.types(Allocator.ANY);
        try {
            if (which % 4 == 0) {
                list.sysctlAll((name, room) -> knob(input, name, room));
            } else {
                list.read(which % 2 == 0 ? new ByteArrayInputStream(input) : new Drop(input), Allocator.ANY);
            }
            taken++;
        } catch (MemstatFailed e) {
            refused.merge(e.error(), 1L, Long::sum);
            check(list.types(Allocator.ANY).equals(before), "a failure changed the list");
        }
        print(list);
    }

    private void print(MemoryTypeList list) {
        List<MemoryType> types = list.types(Allocator.MALLOC);
        List<MemoryType> zones = list.types(Allocator.UMA);
        List<Growth> growth = Growth.between(Streams.list(BEFORE), list);
        rows += types.size() + zones.size();
        lines(new TypeTable(types), types.size() + 1);
        lines(new MallocTable(types), types.size() + 1);
        lines(new ZoneTable(zones), zones.size() + 2);
        lines(new UmaTable(zones), zones.size() + 1);
        lines(new GrowthTable(growth), growth.size() + 1);
    }

    /** Checks that a name can neither add a line to a table nor send a control character to the terminal. */
    private static void lines(Table table, int most) {
        String text = table.text();
        check(text.lines().count() <= most, "too many lines");
        check(text.chars().allMatch(c -> c == '\n' || (c >= ' ' && !(c >= 0x7f && c <= 0x9f))), "control characters");
        String json = table.json();
        check(json.startsWith("{") && json.endsWith("}") && json.chars().allMatch(c -> c >= ' '), "not one line");
    }

    /**
     * Reads a knob of a kernel whose numbers and streams are cut from the input. Some inputs fail with EACCES, ENOMEM or a short number.
     */
    private static int knob(byte[] input, String name, byte[] room) throws KnobFailed {
        int first = input.length == 0 ? 0 : input[0];
        if (name.endsWith("count") || name.endsWith("maxcpus")) {
            int value = name.endsWith("count") && input.length >= 12
                    ? ByteBuffer.wrap(input).getInt(8)
                    : 32;
            ByteBuffer.wrap(room).order(ByteOrder.nativeOrder()).putInt(first % 3 == 0 ? value : 4);
            return first % 7 == 6 ? 3 : Integer.BYTES;
        }
        if (input.length > room.length || first % 5 == 4) {
            throw new KnobFailed(first % 5 == 4 ? KnobFailed.Errno.EACCES : KnobFailed.Errno.ENOMEM, name);
        }
        System.arraycopy(input, 0, room, 0, input.length);
        return input.length;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private void watch() {
        long seen = -1;
        while (seen != begun.get()) {
            seen = begun.get();
            try {
                Thread.sleep(HANG);
            } catch (InterruptedException e) {
                return;
            }
        }
        System.err.println("hangs on the input of seed " + (seed + seen - 1));
        System.exit(1);
    }

    /** A stream that returns one byte at a time. */
    private static final class Drop extends InputStream {
        private final byte[] bytes;
        private int at;

        Drop(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return at < bytes.length ? bytes[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] room, int from, int most) {
            int next = most == 0 ? 0 : read();
            if (most == 0 || next < 0) {
                return next;
            }
            room[from] = (byte) next;
            return 1;
        }
    }
}
