package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.zone.RawZone;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.view.Statistics;
import dev.malloc9.trace.ForkedJvm;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests each entry point of the kernel at the end of a thread's stack. An attempt that throws {@link StackOverflowError} has changed
 * nothing: no lock is taken, no critical section is open, no block is lost, and counters agree with tags.
 */
@Tag("slow")
class StackEndTest {

    private static final int BLOCKS = 3_000;
    private static final long[] SIZES = {64, 64 << 10, 100_000};

    private Subsystem kernel;
    private Owner owner;
    private final long[] addresses = new long[BLOCKS];
    private final MemorySegment[] segments = new MemorySegment[BLOCKS];
    private int held;

    @BeforeEach
    void boot() {
        kernel = new Subsystem(512 << 20);
        owner = kernel.load("driver", M_A, M_B, M_C);
        // All requests of this type take the slow path.
        kernel.subsystem.operator().limit(owner.module(), "c", 0, 256 << 20);
    }

    @AfterEach
    void shutDown() {
        kernel.close();
    }

    /** Runs all tests once, in a JVM whose options select the mode of execution. */
    public static void main(String[] none) throws Exception {
        for (Level level : Level.values()) {
            run(test -> test.mallocThatOverflowsChangesNothing(level));
            run(test -> test.freeThatOverflowsChangesNothing(level));
            run(test -> test.reallocThatOverflowsKeepsTheOldBlock(level));
            run(test -> test.readAndTrimThatOverflowLeaveNoLock(level));
        }
        for (ZoneKind kind : ZoneKind.values()) {
            run(test -> test.zoneRequestThatOverflowsChangesNothing(kind));
        }
    }

    private interface Case {
        void of(StackEndTest test) throws Exception;
    }

    private static void run(Case test) throws Exception {
        StackEndTest instance = new StackEndTest();
        instance.boot();
        try {
            test.of(instance);
        } finally {
            instance.shutDown();
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"})
    void allHoldsInEachModeOfExecution(String mode) throws Exception {
        assertThat(ForkedJvm.run(StackEndTest.class, mode)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void mallocThatOverflowsChangesNothing(Level level) throws Exception {
        kernel.subsystem.operator().level(owner.module(), level);
        for (MallocType type : List.of(M_A, M_C)) {
            for (long size : sizes(type)) {
                mallocs(() -> kernel.malloc().malloc(size, type, M_WAITOK), type);
                mallocs(() -> kernel.malloc().malloc(size, type, M_NOWAIT | M_ZERO), type);
                rawMallocs(() -> kernel.rawMalloc().malloc(size, type, M_NOWAIT), type);
            }
        }
        checkRest();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void freeThatOverflowsChangesNothing(Level level) throws Exception {
        kernel.subsystem.operator().level(owner.module(), level);
        for (MallocType type : List.of(M_A, M_C)) {
            for (long size : sizes(type)) {
                frees(size, type, at -> kernel.malloc().free(segments[at], type));
                frees(size, type, at -> kernel.malloc().zfree(segments[at], type));
                frees(size, type, at -> kernel.rawMalloc().free(segments[at].address(), type));
            }
        }
        checkRest();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void reallocThatOverflowsKeepsTheOldBlock(Level level) throws Exception {
        kernel.subsystem.operator().level(owner.module(), level);
        for (MallocType type : List.of(M_A, M_C)) {
            addresses[0] = kernel.rawMalloc().malloc(64, type, M_WAITOK);
            int[] size = {64};
            overflow(() -> {
                long moved = kernel.rawMalloc().realloc(addresses[0], 64 + size[0] * 7 % 5_000, type, M_WAITOK);
                addresses[0] = moved;
                size[0]++;
            });
            checkInUse(type, 1);
            kernel.rawMalloc().free(addresses[0], type);
        }
        checkRest();
    }

    @ParameterizedTest
    @EnumSource(ZoneKind.class)
    void zoneRequestThatOverflowsChangesNothing(ZoneKind kind) throws Exception {
        Zone zone = kernel.zones().zcreate(kind.of(ZoneRequest.of("items", 300, M_B)));
        if (kind == ZoneKind.LIMITED) {
            zone.setMax(BLOCKS);
        }
        RawZone raw = zone.raw();
        List<Supplier<MemorySegment>> allocs =
                List.of(() -> zone.zalloc(null, M_WAITOK), () -> zone.zalloc(null, M_NOWAIT | M_ZERO));
        for (Supplier<MemorySegment> alloc : allocs) {
            held = 0;
            overflow(() -> {
                segments[held] = alloc.get();
                held++;
            });
            checkZone(zone);
            overflow(() -> {
                if (held > 0) {
                    zone.zfree(segments[held - 1], null);
                    held--;
                }
            });
            checkZone(zone);
            while (held > 0) {
                zone.zfree(segments[--held], null);
            }
        }
        overflow(() -> {
            addresses[held] = raw.zalloc(null, M_NOWAIT);
            held++;
        });
        checkZone(zone);
        while (held > 0) {
            raw.zfree(addresses[--held], null);
        }
        overflow(() -> {
            zone.drain();
            zone.setMax(BLOCKS);
            zone.prealloc(100);
        });
        StackEnd.bounded(zone::zdestroy);
        assertThat(kernel.zonesNotEmpty).isEmpty();
        checkRest();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void readAndTrimThatOverflowLeaveNoLock(Level level) throws Exception {
        kernel.subsystem.operator().level(owner.module(), level);
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("items", 300, M_B));
        MemorySegment item = zone.zalloc(null, M_WAITOK);
        MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
        Statistics statistics = kernel.subsystem.statistics();
        List<Runnable> reads = List.of(
                statistics::typeStats,
                statistics::zoneStats,
                statistics::zoneRecords,
                statistics::snapshot,
                statistics::outstanding,
                statistics::kernelMap,
                statistics::freePages,
                () -> statistics.whatis(block.address()),
                () -> kernel.malloc().usableSize(block, M_A),
                () -> kernel.subsystem.accounting().allocated(M_A, 100),
                () -> kernel.subsystem.trimIdle(),
                () -> kernel.subsystem.operator().trim(),
                () -> kernel.zones().reclaim());
        for (Runnable read : reads) {
            overflow(read);
        }
        TypeFiguresOfA accounted = new TypeFiguresOfA(kernel.stats("a").allocs());
        for (long i = 1; i < accounted.allocs(); i++) {
            kernel.subsystem.accounting().freed(M_A, 100);
        }
        kernel.malloc().free(block, M_A);
        zone.zfree(item, null);
        zone.zdestroy();
        checkRest();
    }

    private record TypeFiguresOfA(long allocs) {}

    /** A property in which a zone differs from a plain zone. */
    enum ZoneKind {
        PLAIN,
        LIMITED,
        CONSTRUCTED,
        PREPARED;

        ZoneRequest of(ZoneRequest plain) {
            return switch (this) {
                case PLAIN, LIMITED -> plain;
                case CONSTRUCTED -> plain.withCtor((item, arg, flags) -> 0).withDtor((item, arg) -> {});
                case PREPARED -> plain.withInit((item, flags) -> 0).withFini(item -> {});
            };
        }
    }

    /**
     * Returns the sizes to test for a type. One size is enough for a type with a limit, because its requests take the same path for all
     * size classes.
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private static long[] sizes(MallocType type) {
        return type == M_C ? new long[] {64} : SIZES;
    }

    private interface Free {
        void at(int place);
    }

    private static void overflow(Runnable operation) throws Exception {
        assertThat(StackEnd.overflows(operation)).isPositive();
    }

    private void mallocs(Supplier<MemorySegment> malloc, MallocType type) throws Exception {
        held = 0;
        overflow(() -> {
            MemorySegment block = malloc.get();
            if (block != null) {
                segments[held] = block;
                held++;
            }
        });
        checkInUse(type, held);
        while (held > 0) {
            kernel.malloc().free(segments[--held], type);
        }
    }

    private void rawMallocs(LongSupplier malloc, MallocType type) throws Exception {
        held = 0;
        overflow(() -> {
            long block = malloc.getAsLong();
            if (block != 0) {
                addresses[held] = block;
                held++;
            }
        });
        checkInUse(type, held);
        while (held > 0) {
            kernel.rawMalloc().free(addresses[--held], type);
        }
    }

    private void frees(long size, MallocType type, Free free) throws Exception {
        for (held = 0; held < 60; held++) {
            segments[held] = kernel.malloc().malloc(size, type, M_WAITOK);
        }
        overflow(() -> {
            if (held > 0) {
                free.at(held - 1);
                held--;
            }
        });
        checkInUse(type, held);
        while (held > 0) {
            kernel.malloc().free(segments[--held], type);
        }
    }

    /** Asserts that counters and tags agree with the blocks that the test holds. */
    private void checkInUse(MallocType type, long blocks) throws Exception {
        StackEnd.bounded(() -> {
            assertThat(kernel.stats(type.name()).allocs()
                            - kernel.stats(type.name()).frees())
                    .isEqualTo(blocks);
            assertThat(tagged(type.name())).isEqualTo(blocks);
        });
    }

    private void checkZone(Zone zone) throws Exception {
        StackEnd.bounded(() -> {
            assertThat(zone.getCur()).isEqualTo(held);
            assertThat(tagged("items")).isEqualTo(held);
        });
    }

    private long tagged(String name) {
        return kernel.subsystem.statistics().outstanding().groups().stream()
                .filter(group -> group.type().equals(name))
                .mapToLong(BlockGroup::count)
                .sum();
    }

    /** Asserts that no lock is taken, no section is open, and all memory goes back. */
    private void checkRest() throws Exception {
        StackEnd.bounded(() -> {
            List<MemorySegment> blocks = new ArrayList<>();
            for (long size : SIZES) {
                blocks.add(kernel.malloc().malloc(size, M_B, M_WAITOK));
            }
            blocks.forEach(block -> kernel.malloc().free(block, M_B));
            kernel.subsystem.statistics().snapshot();
            kernel.unload(owner);
            kernel.sysctl().writeText("vm.malloc.quarantine", "0");
            kernel.zones().reclaim();
        });
        assertThat(kernel.quarantined).isEmpty();
        assertThat(kernel.panics).isEmpty();
        assertThat(kernel.leaks).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }
}
