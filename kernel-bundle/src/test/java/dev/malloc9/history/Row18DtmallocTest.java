package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.trace.Recorded;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 18, 2008-05-23: the malloc provider has two probes per type, malloc and free, which are enabled separately and fire after the
 * statistics have changed. Their arguments are those of section 11 of the facts: the type, the accounted size and the class index.
 */
class Row18DtmallocTest {

    /** Requested sizes in bytes: items of several classes up to the largest (64 KiB), and page runs. */
    private static final long[] SIZES = {0, 1, 100, 2048, 4096, 65_536, 65_537, 1 << 20};

    private final Subsystem kernel = new Subsystem(64L << 20);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void recordedCountsEqualTheStatistics(Level level) {
        kernel.load("driver", M_A, M_B);
        kernel.subsystem.operator().level(level);
        work();
        TypeStats before = kernel.stats("a");
        try (Recorded recorded = Recorded.probes("a*")) {
            work();
            TypeStats after = kernel.stats("a");
            List<RecordedEvent> mallocs = recorded.events("Malloc");
            List<RecordedEvent> frees = recorded.events("Free");
            assertThat(mallocs).hasSize((int) (after.allocs() - before.allocs()));
            assertThat(frees).hasSize((int) (after.frees() - before.frees()));
            assertThat(accounted(mallocs)).isEqualTo(after.allocated() - before.allocated());
            assertThat(accounted(frees)).isEqualTo(after.freed() - before.freed());
            assertThat(recorded.events())
                    .allMatch(event -> event.getString("type").equals("a"));
            assertThat(addresses(frees))
                    .as("each block that is freed has been recorded")
                    .isSubsetOf(addresses(mallocs));
        }
    }

    @Test
    void probesRecordTheArgumentsOfDtmalloc() {
        kernel.load("driver", M_A);
        try (Recorded recorded = Recorded.probes("a")) {
            long small = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
            MemorySegment large = kernel.malloc().malloc(70_000, M_A, M_WAITOK);
            kernel.rawMalloc().free(small, M_A);
            kernel.malloc().free(large, M_A);
            assertThat(recorded.events().stream().map(Row18DtmallocTest::text))
                    .containsExactly(
                            "Malloc a driver 1 (7) 100 128 3 " + small,
                            "Malloc a driver 1 (7) 70000 73728 -1 " + large.address(),
                            "Free a driver 1 (7) unknown 128 3 " + small,
                            "Free a driver 1 (7) 70000 73728 -1 " + large.address());
            assertThat(recorded.events()).allSatisfy(event -> {
                assertThat(event.getThread().getJavaName())
                        .isEqualTo(Thread.currentThread().getName());
                assertThat(event.getStackTrace()).isNull();
            });
        }
    }

    @Test
    void probesOfMallocAndFreeAreEnabledSeparately() {
        kernel.load("driver", M_A, M_B);
        try (Recorded recorded = new Recorded(
                Map.of("malloc9.Free#enabled", "true", "malloc9.Free#types", "b", "malloc9.Free#stackTrace", "true"))) {
            work();
            assertThat(recorded.events()).isNotEmpty().allSatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("malloc9.Free");
                assertThat(event.getString("type")).isEqualTo("b");
                assertThat(event.getStackTrace().getFrames())
                        .anyMatch(frame -> frame.getMethod().getName().equals("work"));
            });
        }
    }

    @Test
    void probeWithoutTypesRecordsAllTypes() {
        kernel.load("driver", M_A, M_B);
        try (Recorded recorded = new Recorded(Map.of("malloc9.Malloc#enabled", "true"))) {
            work();
            assertThat(recorded.events("Malloc").stream().map(event -> event.getString("type")))
                    .contains("a", "b");
        }
    }

    @Test
    void otherAllocatorsMemoryHasNoClass() {
        kernel.load("driver", M_A);
        try (Recorded recorded = Recorded.probes("a")) {
            kernel.subsystem.accounting().allocated(M_A, 5000);
            kernel.subsystem.accounting().freed(M_A, 5000);
            assertThat(recorded.events().stream().map(Row18DtmallocTest::text))
                    .containsExactly("Malloc a driver 1 (7) 5000 5000 -1 0", "Free a driver 1 (7) 5000 5000 -1 0");
        }
    }

    @Test
    void failedRequestIsNotRecorded() {
        kernel.load("driver", M_A, M_B);
        kernel.malloc().malloc(40L << 20, M_B, M_WAITOK);
        try (Recorded recorded = Recorded.probes("a")) {
            assertThat(kernel.malloc().malloc(40L << 20, M_A, M_NOWAIT)).isNull();
            kernel.subsystem.operator().failureRate(1);
            assertThat(kernel.malloc().malloc(64, M_A, M_NOWAIT)).isNull();
            assertThat(recorded.events()).isEmpty();
        }
    }

    /** Performs every kind of counted operation, for two types. */
    private void work() {
        for (var type : List.of(M_A, M_B)) {
            List<MemorySegment> blocks = new ArrayList<>();
            for (long size : SIZES) {
                blocks.add(kernel.malloc().malloc(size, type, M_WAITOK | M_ZERO));
                blocks.add(requireNonNull(kernel.malloc().malloc(size, type, M_NOWAIT)));
                long raw = kernel.rawMalloc().malloc(size, type, M_WAITOK);
                raw = kernel.rawMalloc().realloc(raw, size + 1, type, M_WAITOK);
                raw = kernel.rawMalloc().realloc(raw, 3 * size + 100, type, M_WAITOK);
                kernel.rawMalloc().free(kernel.rawMalloc().realloc(raw, 16, type, M_WAITOK), type);
            }
            blocks.add(kernel.malloc().contigmalloc(8192, type, M_WAITOK, 0, -1, 0, 0));
            kernel.malloc().zfree(blocks.removeFirst(), type);
            // Two blocks stay allocated.
            blocks.subList(2, blocks.size()).forEach(block -> kernel.malloc().free(block, type));
            kernel.subsystem.accounting().allocated(type, 10);
        }
    }

    private static long accounted(List<RecordedEvent> events) {
        return events.stream()
                .mapToLong(event -> event.getLong("accountedSize"))
                .sum();
    }

    private static List<Long> addresses(List<RecordedEvent> events) {
        return events.stream().map(event -> event.getLong("address")).toList();
    }

    private static String text(RecordedEvent event) {
        long requested = event.getLong("requestedSize");
        return event.getEventType().getLabel() + " " + event.getString("type") + " " + event.getString("bundle") + " "
                + (requested == Long.MIN_VALUE ? "unknown" : requested) + " " + event.getLong("accountedSize") + " "
                + event.getInt("classIndex") + " " + event.getLong("address");
    }
}
