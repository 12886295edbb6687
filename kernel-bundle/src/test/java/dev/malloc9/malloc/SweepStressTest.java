package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests scans, changes of level and changes of the quarantine while blocks are allocated and freed: no damage is reported if there is none.
 */
@Tag("slow")
class SweepStressTest {

    private static final int SWEEPS = 100;
    private static final int LARGEST = 20_000;

    private final Subsystem kernel = new Subsystem(64L << 20, SizeClasses.FINE, ZoneSets.ONE);
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void scanReportsNoDamageIfThereIsNone() throws Exception {
        Owner owner = kernel.load("driver", M_A, M_B);
        kernel.subsystem.operator().level(owner.module(), "a", Level.I);
        List<Future<Long>> workers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int worker = 0; worker < 3; worker++) {
                int seed = worker;
                workers.add(threads.submit(() -> work(seed)));
            }
            try {
                for (int sweep = 0; sweep < SWEEPS; sweep++) {
                    assertThat(kernel.subsystem.operator().verify()).isEmpty();
                    if (sweep % 10 == 3) {
                        kernel.subsystem.operator().trim();
                    }
                    if (sweep % 10 == 5) {
                        kernel.subsystem.operator().level(owner.module(), "b", sweep % 20 == 5 ? Level.I : Level.R);
                    }
                    kernel.sysctl().writeText("vm.malloc.quarantine", Integer.toString(sweep % 5 * 50_000));
                }
            } finally {
                over.set(true);
            }
            for (Future<Long> worker : workers) {
                assertThat(worker.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
        assertThat(kernel.damages).isEmpty();
        assertThat(kernel.panics).isEmpty();
        for (String type : List.of("a", "b")) {
            assertThat(kernel.stats(type).inUse()).isZero();
            assertThat(kernel.stats(type).bytesInUse()).isZero();
        }
    }

    private long work(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ArrayDeque<MemorySegment> a = new ArrayDeque<>();
        ArrayDeque<MemorySegment> b = new ArrayDeque<>();
        long rounds = 0;
        while (!over.get()) {
            exchange(a, M_A, random);
            exchange(b, M_B, random);
            rounds++;
        }
        a.forEach(block -> kernel.malloc().free(block, M_A));
        b.forEach(block -> kernel.malloc().free(block, M_B));
        return rounds;
    }

    private void exchange(ArrayDeque<MemorySegment> blocks, MallocType type, SplittableRandom random) {
        MemorySegment block = kernel.malloc().malloc(1 + random.nextInt(random.nextInt(1, LARGEST)), type, M_WAITOK);
        block.fill((byte) random.nextInt());
        blocks.addLast(block);
        if (blocks.size() > 20) {
            kernel.malloc().free(random.nextBoolean() ? blocks.removeFirst() : blocks.removeLast(), type);
        }
    }
}
