package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.kernel.TypeRecords;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.vm.NativeSort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeakTest {

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void threeLeakedBlocksAreReportedWithTheirSize() {
        Owner owner = kernel.load("leaky", Subsystem.M_A);
        for (int i = 0; i < 3; i++) {
            kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK);
        }
        kernel.unload(owner);
        assertThat(kernel.leaks).hasSize(1);
        LeakReport leak = kernel.leaks.getFirst();
        assertThat(TypeMessages.leaked(leak.type(), leak.allocations(), leak.bytes()))
                .isEqualTo("Warning: memory type a leaked memory on destroy (3 allocations, 384 bytes leaked).");
        assertThat(leak.owner()).isEqualTo(owner.module());
        assertThat(leak.blocks()).containsExactly(new LeakReport.Blocks(128, 3));
    }

    @Test
    void moduleWithoutLeakIsNotReported() {
        Owner owner = kernel.load("tidy", Subsystem.M_A);
        for (long size = 0; size < 200_000; size = size * 2 + 1) {
            kernel.malloc().free(kernel.malloc().malloc(size, Subsystem.M_A, M_WAITOK), Subsystem.M_A);
        }
        kernel.unload(owner);
        assertThat(kernel.leaks).isEmpty();
        assertThat(kernel.subsystem.statistics().typeStats()).isEmpty();
    }

    @Test
    void randomLeaksAreReportedExactlyAndFreed() {
        Random random = new Random(2);
        Owner bystander = kernel.load("bystander", Subsystem.M_C);
        MemorySegment kept = kernel.malloc().malloc(64, Subsystem.M_C, M_WAITOK);
        kept.fill((byte) 9);
        for (int round = 0; round < 200; round++) {
            kernel.leaks.clear();
            Owner owner = kernel.load("round " + round, Subsystem.M_A, Subsystem.M_B);
            List<MemorySegment> leaked = new ArrayList<>();
            Map<MallocType, Map<Long, Long>> expected =
                    Map.of(Subsystem.M_A, new TreeMap<>(), Subsystem.M_B, new TreeMap<>());
            int blocks = random.nextInt(60);
            for (int i = 0; i < blocks; i++) {
                MallocType type = random.nextInt(3) == 0 ? Subsystem.M_B : Subsystem.M_A;
                long size = random.nextInt(1 << random.nextInt(18));
                MemorySegment block = kernel.malloc().malloc(size, type, M_WAITOK);
                if (random.nextBoolean()) {
                    leaked.add(block);
                    requireNonNull(expected.get(type)).merge(kernel.malloc().usableSize(block, type), 1L, Long::sum);
                } else {
                    kernel.malloc().free(block, type);
                }
            }
            kernel.unload(owner);
            assertThat(kernel.leaks.stream().map(leak -> leak.type() + leak.blocks()))
                    .containsExactlyElementsOf(expectedReports(expected));
            for (LeakReport leak : kernel.leaks) {
                assertThat(leak.allocations())
                        .isEqualTo(leak.blocks().stream()
                                .mapToLong(LeakReport.Blocks::count)
                                .sum());
                assertThat(leak.bytes())
                        .isEqualTo(leak.blocks().stream()
                                .mapToLong(some -> some.size() * some.count())
                                .sum());
            }
            for (MemorySegment block : leaked) {
                assertThatThrownBy(() -> block.asSlice(0).fill((byte) 1)).isInstanceOf(IllegalStateException.class);
            }
            assertNoItemIsLost();
        }
        assertThat(kept.toArray(ValueLayout.JAVA_BYTE)).containsOnly(9);
        kernel.unload(bystander);
    }

    private static List<String> expectedReports(Map<MallocType, Map<Long, Long>> expected) {
        List<String> reports = new ArrayList<>();
        for (MallocType type : List.of(Subsystem.M_A, Subsystem.M_B)) {
            Map<Long, Long> bySize = expected.get(type);
            if (bySize != null && !bySize.isEmpty()) {
                List<LeakReport.Blocks> blocks = new ArrayList<>();
                bySize.forEach((size, count) -> blocks.add(new LeakReport.Blocks(size, count)));
                reports.add(type.name() + blocks);
            }
        }
        return reports;
    }

    @Test
    void aThousandLeakyRoundsLeaveTheMapFlat() {
        for (int round = 1; round <= 1_000; round++) {
            Owner owner = kernel.load("leaky", Subsystem.M_A);
            for (int i = 0; i < 3; i++) {
                kernel.malloc().malloc(2048, Subsystem.M_A, M_WAITOK);
            }
            kernel.malloc().malloc(100_000, Subsystem.M_A, M_WAITOK);
            kernel.unload(owner);
        }
        // The items of a bucket lie in at most three slabs, and one empty slab is kept.
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isLessThanOrEqualTo(4 * 65536);
        assertThat(kernel.leaks).hasSize(1_000).allMatch(leak -> leak.allocations() == 4 && leak.bytes() == 108_544);
    }

    @Test
    void freeAfterTheStopGetsUnregisteredType() {
        Owner owner = kernel.load("overtaken", Subsystem.M_A);
        MemorySegment block = kernel.malloc().malloc(64, Subsystem.M_A, M_WAITOK);
        Object found = Subsystem.M_A.handle();
        kernel.unload(owner);
        // A thread that looked the type up before the stop still has this record.
        assertThat(TypeRecords.get().replace(Subsystem.M_A, null, found)).isTrue();
        try {
            assertThatExceptionOfType(UnregisteredType.class)
                    .isThrownBy(() -> kernel.malloc().free(block, Subsystem.M_A))
                    .withMessage("free: type 'a' is not registered: overtaken 1 (7) has stopped");
            assertThat(kernel.panics).isEmpty();
        } finally {
            TypeRecords.get().replace(Subsystem.M_A, found, null);
        }
    }

    @Test
    void anUnloadUnderThreadsThatAllocateLosesNothing() throws InterruptedException {
        long afterTheTenth = 0;
        for (int round = 1; round <= 300; round++) {
            Owner owner = kernel.load("busy", Subsystem.M_A);
            ConcurrentLinkedQueue<Throwable> ends = new ConcurrentLinkedQueue<>();
            CountDownLatch running = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread.Builder builder = i == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
                threads.add(builder.start(() -> ends.add(untilItFails(running))));
            }
            running.await();
            kernel.unload(owner);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ends).hasSize(3).allMatch(IllegalStateException.class::isInstance);
            assertNoItemIsLost();
            if (round == 10) {
                afterTheTenth = kernel.subsystem.statistics().kernelMap().used();
            }
        }
        assertThat(kernel.panics).isEmpty();
        assertThat(kernel.quarantined).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isLessThanOrEqualTo(afterTheTenth + (1 << 20));
        for (LeakReport leak : kernel.leaks) {
            assertThat(leak.allocations())
                    .isEqualTo(leak.blocks().stream()
                            .mapToLong(LeakReport.Blocks::count)
                            .sum());
        }
    }

    private Throwable untilItFails(CountDownLatch running) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int step = 0; ; step++) {
            try {
                blocks.add(kernel.malloc().malloc(step % 50 == 0 ? 70_000 : step % 300, Subsystem.M_A, M_WAITOK));
                if (blocks.size() == 40) {
                    blocks.forEach(block -> kernel.malloc().free(block, Subsystem.M_A));
                    blocks.clear();
                }
            } catch (RuntimeException e) {
                return e;
            } finally {
                if (step == 50) {
                    running.countDown();
                }
            }
        }
    }

    @Test
    void aListenerThatFailsDoesNotKeepTheMemory() {
        List<LeakReport> told = new ArrayList<>();
        Subsystem failing = new Subsystem() {
            @Override
            public void leaked(LeakReport report) {
                told.add(report);
                throw new UnsupportedOperationException("the log is full");
            }
        };
        long used = 0;
        for (int round = 0; round < 100; round++) {
            Owner owner = failing.load("leaky", Subsystem.M_A, Subsystem.M_B);
            MemorySegment block = failing.malloc().malloc(100_000, Subsystem.M_A, M_WAITOK);
            failing.malloc().malloc(100_000, Subsystem.M_B, M_WAITOK);
            assertThatThrownBy(() -> failing.unload(owner)).hasMessage("the log is full");
            assertThatThrownBy(() -> block.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
            used = failing.subsystem.statistics().kernelMap().used();
        }
        assertThat(used).isZero();
        assertThat(told).hasSize(100);
        failing.close();
    }

    @Test
    void blockInANativeCallStaysUntilALaterUnload() throws Exception {
        Owner owner = kernel.load("driver", Subsystem.M_A);
        MemorySegment buffer = kernel.malloc().malloc(5_000, Subsystem.M_A, M_WAITOK);
        buffer.copyFrom(MemorySegment.ofArray(new byte[] {3, 1, 2}));
        MemorySegment sorted = buffer.asSlice(0, 3);
        NativeSort holder = NativeSort.hold(sorted);
        kernel.unload(owner);
        assertThat(kernel.leaks).hasSize(1);
        assertThat(kernel.quarantined).containsExactly(8192L);
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(8192);
        assertThat(buffer.scope().isAlive()).isTrue();

        holder.end();
        assertThat(sorted.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
        kernel.unload(kernel.load("another", Subsystem.M_B));
        assertThat(buffer.scope().isAlive()).isFalse();
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isZero();
        assertThat(kernel.leaks).hasSize(1);
        assertNoItemIsLost();
    }

    /** Asserts that every item of every slab is free or in use, and is counted once. */
    private void assertNoItemIsLost() {
        for (ZoneStats zone : kernel.subsystem.statistics().zoneStats()) {
            assertThat((zone.used() + zone.free()) % itemsOfASlab(zone.size()))
                    .as("items of zone " + zone.name() + " that make no whole slabs")
                    .isZero();
        }
    }

    private static long itemsOfASlab(long itemBytes) {
        return (itemBytes <= 4096 ? 1L : 4L) * 65_536 / itemBytes;
    }
}
