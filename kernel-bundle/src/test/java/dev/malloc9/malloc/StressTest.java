package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@Tag("slow")
class StressTest extends KernelTest {

    private static final int THREADS = 8;
    private static final int STEPS = 60_000;

    private final ConcurrentLinkedQueue<Block> passedOn = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final LongAdder[] allocs = {new LongAdder(), new LongAdder()};
    private final LongAdder[] frees = {new LongAdder(), new LongAdder()};

    /** A block that is filled with a mark of its own. */
    private record Block(MemorySegment segment, MallocType type, byte mark) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void blocksKeepTheirBytesAndStatisticsAreExact(boolean virtual) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> work(random)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(stats("foo").inUse() + stats("bar").inUse()).isEqualTo(passedOn.size());
        passedOn.forEach(this::checkAndFree);
        for (String name : List.of("foo", "bar")) {
            int type = name.equals("foo") ? 0 : 1;
            assertThat(stats(name).allocs()).isEqualTo(allocs[type].sum());
            assertThat(stats(name).frees()).isEqualTo(frees[type].sum()).isEqualTo(allocs[type].sum());
            assertThat(stats(name).allocated()).isEqualTo(stats(name).freed());
        }
        assertThat(kernel.runtime().panics()).isEmpty();
    }

    private void work(Random random) {
        List<Block> mine = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            int action = random.nextInt(10);
            if (action < 4 || mine.isEmpty()) {
                mine.add(allocate(random));
            } else {
                Block block = mine.remove(random.nextInt(mine.size()));
                if (action < 6) {
                    passedOn.add(block);
                } else if (action < 7) {
                    mine.add(resize(block, size(random)));
                } else {
                    checkAndFree(block);
                }
            }
            Block other = passedOn.size() > 500 || action == 9 ? passedOn.poll() : null;
            if (other != null) {
                checkAndFree(other);
            }
            if (mine.size() > 200) {
                passedOn.addAll(mine);
                mine.clear();
            }
        }
        passedOn.addAll(mine);
    }

    private static long size(Random random) {
        return random.nextInt(1 + (1 << random.nextInt(random.nextInt(20) == 0 ? 18 : 11)));
    }

    private Block allocate(Random random) {
        MallocType type = random.nextBoolean() ? M_FOO : M_BAR;
        long size = size(random);
        boolean zero = random.nextBoolean();
        MemorySegment block = zero ? malloc.malloc(size, type, M_WAITOK | M_ZERO) : orWait(size, type);
        allocs[indexOf(type)].increment();
        if (zero && !holds(block, size, (byte) 0)) {
            wrong.add("not zeroed: " + block);
        }
        return fill(block, type, (byte) (1 + random.nextInt(100)));
    }

    private MemorySegment orWait(long size, MallocType type) {
        MemorySegment block = malloc.malloc(size, type, M_NOWAIT);
        return block == null ? malloc.malloc(size, type, M_WAITOK) : block;
    }

    private Block resize(Block block, long size) {
        long common = Math.min(size, block.segment.byteSize());
        MemorySegment moved = malloc.realloc(block.segment, size, block.type, M_WAITOK);
        if (moved.address() != block.segment.address()) {
            allocs[indexOf(block.type)].increment();
            frees[indexOf(block.type)].increment();
        }
        if (!holds(moved, common, block.mark)) {
            wrong.add("lost in realloc: " + moved);
        }
        return fill(moved, block.type, block.mark);
    }

    private static Block fill(MemorySegment segment, MallocType type, byte mark) {
        return new Block(segment.fill(mark), type, mark);
    }

    private void checkAndFree(Block block) {
        if (!holds(block.segment, block.segment.byteSize(), block.mark)) {
            wrong.add("overwritten: " + block);
        }
        malloc.free(block.segment, block.type);
        frees[indexOf(block.type)].increment();
    }

    private static int indexOf(MallocType type) {
        return type.name().equals("foo") ? 0 : 1;
    }

    private static boolean holds(MemorySegment segment, long bytes, byte mark) {
        for (long at = 0; at < bytes; at++) {
            if (segment.get(ValueLayout.JAVA_BYTE, at) != mark) {
                return false;
            }
        }
        return true;
    }
}
