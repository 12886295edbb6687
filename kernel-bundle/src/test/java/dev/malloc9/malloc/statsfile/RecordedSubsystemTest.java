package dev.malloc9.malloc.statsfile;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.statsfile.Snapshot.Stats;
import dev.malloc9.malloc.type.Owner;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that for every path of a block the file agrees with the kernel, and that types appear and disappear in both. */
class RecordedSubsystemTest {

    private static final long MAP = 2 << 20;
    private static final long RESERVE = 128 << 10;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private Subsystem boot(int capacity) {
        return new Subsystem(
                MAP,
                RESERVE,
                requireNonNull(StatsFileOpener.of(file().toString(), capacity, said::add)
                        .file()));
    }

    private Path file() {
        return folder.resolve("stats");
    }

    private Map<String, Stats> types() throws IOException {
        return Snapshot.of(file()).types();
    }

    private void assertSame(Subsystem kernel) throws IOException {
        Map<String, Stats> live = new LinkedHashMap<>();
        for (TypeStats type : kernel.subsystem.statistics().typeStats()) {
            live.put(
                    type.name(),
                    new Stats(type.allocated(), type.freed(), type.allocs(), type.frees(), type.sizeMask()));
        }
        assertThat(List.copyOf(types().entrySet())).isEqualTo(List.copyOf(live.entrySet()));
    }

    @Test
    void eachKindOfRequestIsRecorded() throws IOException {
        try (Subsystem kernel = boot(8)) {
            kernel.load("m", M_A);
            Malloc malloc = kernel.malloc();
            MemorySegment item = malloc.malloc(100, M_A, M_WAITOK);
            assertThat(types()).containsEntry("a", new Stats(128, 0, 1, 0, 8));
            MemorySegment run = malloc.malloc(100_000, M_A, M_WAITOK);
            assertThat(types()).containsEntry("a", new Stats(102_528, 0, 2, 0, 8));
            MemorySegment contiguous =
                    requireNonNull(malloc.contigmalloc(5000, M_A, M_NOWAIT, 0, Long.MAX_VALUE, 1, 0));
            assertThat(types()).containsEntry("a", new Stats(110_720, 0, 3, 0, 8));
            malloc.contigfree(contiguous, 5000, M_A);
            malloc.free(run, M_A);
            item = malloc.realloc(item, 1000, M_A, M_WAITOK);
            assertThat(types()).containsEntry("a", new Stats(111_744, 110_720, 4, 3, 8 | 64));
            malloc.zfree(item, M_A);
            kernel.subsystem.accounting().allocated(M_A, 7);
            kernel.subsystem.accounting().freed(M_A, 5);
            assertThat(types()).containsEntry("a", new Stats(111_751, 111_749, 5, 5, 8 | 64));
            assertSame(kernel);
        }
    }

    @Test
    void reserveAndFailuresAreRecorded() throws IOException {
        try (Subsystem kernel = boot(8)) {
            kernel.load("m", M_A);
            kernel.load("other", M_B);
            Malloc malloc = kernel.malloc();
            assertThat(malloc.malloc(MAP - RESERVE, M_B, M_NOWAIT)).isNotNull();
            assertThat(malloc.malloc(16, M_A, M_NOWAIT)).isNull();
            assertThat(malloc.malloc(100_000, M_A, M_NOWAIT)).isNull();
            assertThat(types()).containsEntry("a", new Stats(0, 0, 0, 0, 1));
            MemorySegment item = requireNonNull(malloc.malloc(64, M_A, M_NOWAIT | M_USE_RESERVE));
            assertThat(types()).containsEntry("a", new Stats(64, 0, 1, 0, 1 | 4));
            malloc.free(item, M_A);
            assertThat(types()).containsEntry("a", new Stats(64, 64, 1, 1, 1 | 4));
            assertThatThrownBy(() -> malloc.free(item, M_A)).isInstanceOf(InvalidFree.class);
            assertThat(types()).containsEntry("a", new Stats(64, 64, 1, 1, 1 | 4));
            assertSame(kernel);
        }
    }

    @Test
    void fileFollowsRegistrationAndRemovalOfTypes() throws IOException {
        try (Subsystem kernel = boot(8)) {
            for (int life = 0; life < 100; life++) {
                Owner first = kernel.load("first", M_A, M_B);
                Owner second = kernel.load("second", M_C);
                kernel.malloc().malloc(64, M_A, M_WAITOK);
                kernel.malloc().malloc(life, M_C, M_WAITOK);
                assertSame(kernel);
                kernel.unload(first);
                assertSame(kernel);
                assertThat(types()).containsOnlyKeys("c");
                kernel.unload(second);
                assertThat(types()).isEmpty();
            }
            assertThat(said).isEmpty();
            assertThat(Snapshot.of(file()).u32(4176 + 8)).as("places ever used").isEqualTo(3);
        }
    }

    @Test
    void typeWithoutAPlaceIsServedAndReported() throws IOException {
        try (Subsystem kernel = boot(1)) {
            kernel.load("m", M_A, M_B);
            assertThat(said).containsExactly("malloc9: " + file() + " has places for 1 types, and none for b");
            MemorySegment block = kernel.malloc().malloc(64, M_B, M_WAITOK);
            assertThat(kernel.stats("b").allocated()).isEqualTo(64);
            kernel.malloc().free(block, M_B);
            assertThat(kernel.stats("b").bytesInUse()).isZero();
            assertThat(types()).containsOnlyKeys("a");
        }
    }

    @Test
    void stopOfTheKernelKeepsTheFigures() throws IOException {
        Subsystem kernel = boot(8);
        kernel.load("m", M_A);
        kernel.malloc().malloc(64, M_A, M_WAITOK);
        kernel.close();
        assertThat(types()).containsExactly(Map.entry("a", new Stats(64, 0, 1, 0, 4)));
    }
}
