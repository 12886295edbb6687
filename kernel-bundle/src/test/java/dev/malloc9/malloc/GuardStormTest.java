package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.trace.ForkedJvm;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests threads that access holes by bare addresses and receive the error wherever the JVM delivers it, possibly inside malloc and free.
 * Such a thread may lose a block, but no other thread may: counters agree with tags, and all memory is released at the stop.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
@Tag("slow")
class GuardStormTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;
    private static final int HELD = 16;
    private static final int GROUPS = 1_000;
    private static final int FEW_ROUNDS = 10;

    private static final long ITEM = 4096;

    private final AtomicLong faults = new AtomicLong();

    @Test
    void guardHitsOfPlatformThreadsLeakNoMemory() throws Exception {
        storm(Thread.ofPlatform().factory());
    }

    @Test
    void guardHitsOfVirtualThreadsLeakNoMemory() throws Exception {
        storm(Thread.ofVirtual().factory());
    }

    @Test
    void guardHitsInZonesLeakNoItems() throws Exception {
        zoneStorm();
    }

    /**
     * In code that C2 has compiled as a whole, no error is thrown inside a critical section. If C2 compiles a caller and not a method that
     * it calls, the error of the caller's access may be thrown in that method.
     *
     * @param methods the methods that C2 neither compiles nor inlines
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "malloc/alloc/Allocator.take malloc/alloc/Allocator.give malloc/zone/ZoneAllocator.pop malloc/zone/ZoneAllocator.push",
                "uma/TagSpace.store"
            })
    void ofCallersThatC2CompiledAlone(String methods, @TempDir Path folder) throws Exception {
        String excluded = Stream.of(methods.split(" "))
                .map(method -> "-dev/malloc9/" + method)
                .collect(Collectors.joining("\", \"", "[\"", "\"]"));
        Path directives = Files.writeString(
                folder.resolve("directives.json"), """
                [{ match: %s, c2: { Exclude: true } }, { match: "*.*", inline: %s }]
                """.formatted(excluded.replace("-", ""), excluded));
        assertThat(ForkedJvm.run(
                        GuardStormTest.class,
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:CompilerDirectivesFile=" + directives))
                .containsExactly("2 compiler directives added");
    }

    /** Runs two storms, in a JVM whose options exclude methods from compilation by C2. */
    public static void main(String[] none) throws Exception {
        new GuardStormTest().storm(Thread.ofPlatform().factory());
        new GuardStormTest().zoneStorm();
    }

    /** The first call of a thread assigns a CPU to it, under a lock that other threads need. An error must not leave the lock taken. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void guardHitInAFirstCallReleasesTheLock() throws Exception {
        try (Subsystem kernel = new Subsystem(64 << 20)) {
            kernel.load("driver", M_A, M_B, M_C);
            kernel.sysctl().writeText("vm.memguard.desc", "a");
            long hole = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
            kernel.rawMalloc().free(hole, M_A);
            for (int group = 0; group < GROUPS; group++) {
                run(Thread.ofPlatform().factory(), seed -> () -> {
                    new Stormer(kernel, hole, seed).storm(FEW_ROUNDS);
                    return null;
                });
            }
            assertThat(faults.get()).isGreaterThan(GROUPS);
        }
    }

    private void storm(ThreadFactory threads) throws Exception {
        try (Subsystem kernel = new Subsystem(64 << 20)) {
            Owner owner = kernel.load("driver", M_A, M_B, M_C);
            kernel.sysctl().writeText("vm.memguard.desc", "a");
            kernel.subsystem.operator().limit(owner.module(), "c", 0, 1 << 20);
            long hole = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
            kernel.rawMalloc().free(hole, M_A);
            run(threads, seed -> () -> {
                new Stormer(kernel, hole, seed).storm(ROUNDS);
                return null;
            });
            assertThat(faults.get()).isGreaterThan(ROUNDS);
            kernel.unload(owner);
            assertThat(kernel.quarantined).isEmpty();
            for (LeakReport report : kernel.leaks) {
                long counted = report.blocks().stream()
                        .mapToLong(LeakReport.Blocks::count)
                        .sum();
                long bytes = report.blocks().stream()
                        .mapToLong(blocks -> blocks.count() * blocks.size())
                        .sum();
                assertThat(counted).as(report.type()).isEqualTo(report.allocations());
                assertThat(bytes).as(report.type()).isEqualTo(report.bytes());
            }
            kernel.subsystem.zones().reclaim();
            // Blocks that were handed out by address and left behind may still be in the quarantine.
            assertThat(kernel.subsystem.statistics().kernelMap().used())
                    .isLessThanOrEqualTo(16 * Subsystem.RAW_QUARANTINE + (1 << 20));
            assertThat(kernel.sysctl().readText("vm.memguard.blocks")).isEqualTo("0");
            kernel.load("next", M_A, M_B, M_C);
            for (MallocType type : List.of(M_A, M_B, M_C)) {
                kernel.malloc().free(kernel.malloc().malloc(100, type, M_WAITOK), type);
            }
        }
    }

    /** The items fill their slabs, so that the bytes of the map in use tell the number of items. */
    private void zoneStorm() throws Exception {
        try (Subsystem kernel = new Subsystem(64 << 20)) {
            kernel.load("driver", M_A);
            Zone zone = kernel.zones().zcreate(ZoneRequest.of("items", ITEM, M_A));
            kernel.sysctl().writeText("vm.memguard.desc", "a");
            long hole = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
            kernel.rawMalloc().free(hole, M_A);
            run(Thread.ofPlatform().factory(), seed -> () -> {
                new Stormer(kernel, hole, seed).storm(ROUNDS, zone);
                return null;
            });
            assertThat(faults.get()).isGreaterThan(ROUNDS);
            kernel.zones().reclaim();
            ZoneStats items = kernel.subsystem.statistics().zoneStats().getLast();
            assertThat(items.name()).isEqualTo("items");
            assertThat((items.used() + items.free()) * ITEM)
                    .isEqualTo(kernel.subsystem.statistics().kernelMap().used());
        }
    }

    private interface Work {
        Callable<@Nullable Void> of(int seed);
    }

    private static void run(ThreadFactory threads, Work work) throws Exception {
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(threads)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int seed = 0; seed < THREADS; seed++) {
                ends.add(executor.submit(work.of(seed)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }

    /** The work of one thread. */
    private final class Stormer {

        private final Subsystem kernel;
        private final MemorySegment hole;
        private final Random random;
        private final MemorySegment[] held = new MemorySegment[HELD];
        private final MallocType[] types = new MallocType[HELD];

        Stormer(Subsystem kernel, long hole, int seed) {
            this.kernel = kernel;
            this.hole = MemorySegment.ofAddress(hole).reinterpret(16);
            this.random = new Random(seed);
        }

        void storm(int rounds) {
            survive(rounds, () -> {
                int place = random.nextInt(HELD);
                int dice = random.nextInt(100);
                MallocType type = dice < 90 ? M_B : dice < 95 ? M_A : M_C;
                long bytes = dice == 0 ? 70_000 : random.nextInt(2000) + 1;
                MemorySegment old = held[place];
                MallocType oldType = types[place];
                held[place] = MemorySegment.NULL;
                step(old, oldType, place, bytes, type, dice % 3);
            });
        }

        void storm(int rounds, Zone zone) {
            survive(rounds, () -> {
                MemorySegment old = held[0];
                held[0] = MemorySegment.NULL;
                step(old, zone, random.nextInt(4));
            });
        }

        /** Repeats a step, and counts the errors. The JVM may throw an error behind the step. */
        private void survive(int rounds, Runnable step) {
            int round = 0;
            while (true) {
                try {
                    while (round < rounds) {
                        round++;
                        step.run();
                    }
                    kernel.rawMemory().fence();
                    return;
                } catch (InternalError | GuardHit fault) {
                    faults.incrementAndGet();
                }
            }
        }

        private void step(MemorySegment old, Zone zone, int touch) {
            if (touch == 0) {
                hole.set(JAVA_BYTE, 0, (byte) 1);
            }
            if (old != null && old.address() != 0) {
                zone.zfree(old);
            }
            if (touch == 1) {
                hole.get(JAVA_BYTE, 1);
            }
            MemorySegment item = zone.zalloc(M_NOWAIT);
            if (item != null) {
                held[0] = item;
            }
        }

        private void step(MemorySegment old, MallocType oldType, int place, long bytes, MallocType type, int touch) {
            if (touch == 0) {
                hole.set(JAVA_BYTE, 0, (byte) 1);
            }
            if (old != null && old.address() != 0) {
                kernel.malloc().free(old, oldType);
            }
            if (touch == 1) {
                hole.get(JAVA_BYTE, 1);
            }
            MemorySegment block = kernel.malloc().malloc(bytes, type, M_NOWAIT);
            if (block != null) {
                block.set(JAVA_BYTE, bytes - 1, (byte) place);
                held[place] = block;
                types[place] = type;
            }
        }
    }
}
