package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.zone.Zone;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The work of one thread in its life: rounds of allocating, passing on, resizing and freeing. At the end the thread passes on the blocks
 * that it still holds.
 */
final class Worker implements Runnable {

    /** The size of the largest block in bytes. A block above 64 KiB is a page run. */
    private static final int LARGEST = 200 << 10;

    private final Stress stress;
    private final Random random;
    private final List<Block> mine = new ArrayList<>();

    Worker(Stress stress, long seed) {
        this.stress = stress;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            for (int round = 0; round < Form.ROUNDS_OF_A_LIFE; round++) {
                for (int block = 0; block < stress.form().blocks(); block++) {
                    allocate();
                    if (random.nextInt(8) == 0) {
                        visit();
                    }
                }
                settle();
            }
        } catch (RuntimeException | Error thrown) {
            stress.wrong(thrown.toString());
        } finally {
            mine.forEach(stress::passOn);
        }
    }

    private void allocate() {
        Source source = stress.sources().get(random.nextInt(stress.sources().size()));
        boolean zero = random.nextInt(4) == 0;
        long wait = random.nextInt(8) == 0 ? M_NOWAIT : M_WAITOK;
        Block block = stress.allocate(source, size(), zero ? wait | M_ZERO : wait, random.nextLong());
        if (block != null) {
            mine.add(block);
        }
    }

    /**
     * Goes through the blocks that the thread holds. Of eight blocks, four are freed, two are passed on, one is resized and one is kept, on
     * average. For each block passed on, the oldest of all blocks passed on is taken over and freed.
     */
    private void settle() {
        for (int left = mine.size(); left > 0; left--) {
            Block block = mine.remove(random.nextInt(mine.size()));
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> stress.free(block);
                case 4, 5 -> exchange(block);
                case 6 -> mine.add(stress.resize(block, size()));
                default -> mine.add(block);
            }
        }
    }

    private void exchange(Block block) {
        stress.passOn(block);
        Block other = stress.takeOver();
        if (other != null) {
            stress.free(other);
        }
    }

    /**
     * Uses the transient module: allocates and fills a block or an item of it, allocates a block of a lasting source, and checks the first
     * one. Of eight such blocks, seven are freed on average. If the module is stopped meanwhile, the block is revoked, which is no error.
     */
    private void visit() {
        TransientModule visitor = stress.visitor();
        Zone zone = random.nextBoolean() ? visitor.zone() : null;
        MemorySegment bytes = zone == null ? visitor.allocate(size()) : visitor.allocateItem(zone);
        if (bytes == null) {
            return;
        }
        try {
            Pattern pattern = new Pattern(bytes, random.nextLong()).fill();
            allocate();
            if (!pattern.holds()) {
                stress.wrong("overwritten: " + pattern + " of a visitor");
            }
        } catch (IllegalStateException revoked) {
            if (bytes.scope().isAlive()) {
                throw revoked;
            }
        }
        if (random.nextInt(8) != 0) {
            visitor.free(bytes, zone);
        }
    }

    /**
     * Returns a size, which may be 0. A size is evenly distributed up to a bound. The bound is a random power of two up to 2 KiB. For about
     * one size in 20 it is one up to 64 KiB, for about one in 200 it is {@code LARGEST}.
     */
    private long size() {
        int bound = random.nextInt(200) == 0 ? LARGEST : 1 << random.nextInt(random.nextInt(20) == 0 ? 17 : 12);
        return random.nextInt(bound + 1);
    }
}
