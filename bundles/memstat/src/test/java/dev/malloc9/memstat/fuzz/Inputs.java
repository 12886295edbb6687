package dev.malloc9.memstat.fuzz;

import dev.malloc9.memstat.Streams;
import dev.malloc9.memstat.Streams.CpuRecord;
import dev.malloc9.memstat.Streams.Place;
import dev.malloc9.memstat.Streams.TypeRecord;
import dev.malloc9.memstat.Streams.ZoneRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Inputs from a seed: streams that are whole, damaged in a few places, or noise. The same seed gives the same input. */
final class Inputs {

    private static final int[] TELLING = {
        0, 1, 2, 16, 31, 32, 33, 127, 128, 255, 256, -1, Integer.MIN_VALUE, Integer.MAX_VALUE
    };

    private final SplittableRandom random;

    Inputs(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] next() {
        return switch (random.nextInt(8)) {
            case 0 -> noise(random.nextInt(400));
            case 1 -> headerAndNoise();
            case 2 -> whole();
            default -> damaged(whole());
        };
    }

    byte[] whole() {
        int cpus = 1 + random.nextInt(random.nextInt(4) == 0 ? 32 : 3);
        int count = random.nextInt(5);
        byte[] stream = switch (random.nextInt(5)) {
            case 0 -> file(count);
            case 1, 2 -> Streams.malloc(cpus, types(count));
            default -> Streams.zones(cpus, zones(count));
        };
        return random.nextInt(8) == 0 ? noisy(stream) : stream;
    }

    private byte[] file(int count) {
        Place[] places = IntStream.range(0, count)
                .mapToObj(i -> new Place(random.nextInt(4), types(1)[0]))
                .toArray(Place[]::new);
        return Streams.file(
                random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
                random.nextInt(3),
                count + random.nextInt(2),
                places);
    }

    private TypeRecord[] types(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TypeRecord(name(), Map.of(0, cpu(5))))
                .toArray(TypeRecord[]::new);
    }

    private ZoneRecord[] zones(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new ZoneRecord(
                        name(), random.ints(10).toArray(), random.longs(6).toArray(), Map.of(0, cpu(3))))
                .toArray(ZoneRecord[]::new);
    }

    private CpuRecord cpu(int counters) {
        return new CpuRecord(
                random.longs(counters).map(n -> n >>> random.nextInt(64)).toArray());
    }

    private String name() {
        int length = random.nextInt(11);
        int most = random.nextBoolean() ? 0x7f : 0x3000;
        return IntStream.range(0, length)
                .mapToObj(i -> Character.toString(1 + random.nextInt(most)))
                .reduce("", String::concat);
    }

    /** Returns the first 16 bytes of a stream, followed by random bytes. The header and the length stay valid. */
    private byte[] noisy(byte[] stream) {
        byte[] noise = noise(stream.length);
        System.arraycopy(stream, 0, noise, 0, 16);
        return noise;
    }

    private byte[] headerAndNoise() {
        byte[] stream = noise(16 + random.nextInt(300));
        ByteBuffer.wrap(stream)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .putInt(1)
                .putInt(telling())
                .putInt(telling());
        return stream;
    }

    private byte[] damaged(byte[] stream) {
        byte[] damaged = stream;
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            damaged = damagedOnce(damaged);
        }
        return damaged;
    }

    private byte[] damagedOnce(byte[] stream) {
        byte[] damaged = stream.clone();
        switch (random.nextInt(6)) {
            case 0 -> flip(damaged, random.nextInt(Math.max(1, damaged.length)));
            case 1 -> flip(damaged, random.nextInt(64));
            case 2 -> damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
            case 3 -> damaged = Arrays.copyOf(damaged, damaged.length + random.nextInt(200));
            case 4 -> {
                if (damaged.length >= 16) {
                    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * random.nextInt(4), telling());
                }
            }
            default -> {
                int from = random.nextInt(damaged.length + 1);
                int to = Math.min(damaged.length, from + random.nextInt(64));
                Arrays.fill(damaged, from, to, (byte) random.nextInt());
            }
        }
        return damaged;
    }

    private void flip(byte[] bytes, int at) {
        if (at < bytes.length) {
            bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private int telling() {
        return random.nextInt(4) == 0 ? random.nextInt() : TELLING[random.nextInt(TELLING.length)];
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }
}
