package dev.malloc9.stress.misuse;

import dev.malloc9.stress.misuse.Landscape.Use;
import java.util.List;
import java.util.Random;

/**
 * A generator of random addresses. About half of them lie in the kernel map or where guarded blocks are, and most of these lie near a block
 * or an item.
 */
final class Addresses {

    private static final long UNIT = 64 << 10;

    private final Landscape land;
    private final Random random;

    Addresses(Landscape land, Random random) {
        this.land = land;
        this.random = random;
    }

    long next() {
        return random.nextBoolean() ? inside() : outside();
    }

    private long inside() {
        return switch (random.nextInt(10)) {
            case 0 -> land.base() + random.nextLong(land.size());
            case 1 -> land.base() + (random.nextLong(land.size()) & -16);
            case 2 -> use().start();
            case 3 -> {
                Use use = use();
                yield use.start() + random.nextLong(use.bytes());
            }
            case 4 -> use().start() + (random.nextInt(2) == 0 ? 16 : 1);
            case 5 -> freed();
            case 6 -> freed() + random.nextInt(256);
            case 7 -> {
                Use use = use();
                yield use.from() + random.nextLong(use.until() - use.from());
            }
            case 8 ->
                random.nextInt(4) == 0
                        ? land.guardBase() + random.nextLong(land.guardSize())
                        : use().until() + random.nextInt(4096);
            default -> (use().start() & -UNIT) + UNIT - 1 - random.nextInt(512);
        };
    }

    private long outside() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() & -4096;
            case 2 -> random.nextLong(1L << 47);
            case 3 -> 1 + random.nextInt(1 << 16);
            case 4 -> land.base() - 1 - random.nextInt(1 << 20);
            default -> land.base() + land.size() + random.nextInt(1 << 20);
        };
    }

    private Use use() {
        List<Use> uses = land.known();
        return uses.get(random.nextInt(uses.size()));
    }

    private long freed() {
        return land.freed().get(random.nextInt(land.freed().size()));
    }
}
