package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;
import dev.malloc9.benchmarks.allocators.Unavailable;
import dev.malloc9.benchmarks.statistics.Accounting;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that each workload runs, in a short form, on each allocator that is available on every machine. */
@Tag("slow")
class WorkloadTest {

    private static final Sampling SHORT = new Sampling(1, 8, 4);

    private static final Set<Workload> ALLOCATING =
            EnumSet.complementOf(EnumSet.of(Workload.STATISTICS1, Workload.STATISTICS2));

    @ParameterizedTest
    @EnumSource(
            value = Allocator.class,
            names = {"SEGMENTS", "LIBC", "NETTY_POOLED", "NETTY_ADAPTIVE", "CONFINED"})
    void workloadsRunOnThePortableAllocators(Allocator allocator) {
        Subject subject = allocator.open();
        Set<Figure> found = EnumSet.noneOf(Figure.class);
        for (Workload workload : ALLOCATING) {
            try {
                Map<Figure, Sample> samples = workload.measure(subject, Thread::new, SHORT);
                found.addAll(samples.keySet());
                samples.forEach((figure, sample) -> {
                    if (figure.unit().isTime()) {
                        assertThat(sample.value())
                                .as("%s on %s", figure, allocator)
                                .isPositive();
                    }
                });
            } catch (Unavailable e) {
                assertThat(Set.of(Workload.CROSSFREE, Workload.ZONEPAIR64)).contains(workload);
            }
        }

        assertThat(found).hasSizeGreaterThanOrEqualTo(18);
    }

    @ParameterizedTest
    @EnumSource(value = Workload.class, mode = EnumSource.Mode.MATCH_NONE, names = "STATISTICS.")
    void everyBlockIsWrittenAndFreedOnce(Workload workload) {
        LedgerOfBlocks ledger = new LedgerOfBlocks();

        workload.measure(ledger, Thread::new, SHORT);

        assertThat(ledger.allocated()).isPositive();
        assertThat(ledger.live()).isZero();
        assertThat(ledger.mistakes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Accounting.class)
    void statisticsWorkloadsRunOnEachAccounting(Accounting accounting) {
        Map<Figure, Sample> one = Workload.STATISTICS1.measure(accounting.open(), Thread::new, SHORT);
        Map<Figure, Sample> two = Workload.STATISTICS2.measure(accounting.open(), Thread::new, SHORT);

        assertThat(one).containsOnlyKeys(Figure.STATISTICS1);
        assertThat(two).containsOnlyKeys(Figure.STATISTICS2);
    }

    @Test
    void aThreadThatFailsEndsTheWorkload() {
        Subject subject = new Blocks<Object>() {
            @Override
            public Object malloc(int bytes) {
                return this;
            }

            @Override
            public Object zeroed(int bytes) {
                return this;
            }

            @Override
            public void touch(Object block, long value) {}

            @Override
            public void fill(Object block, int bytes) {}

            @Override
            public void free(Object block) {
                throw new IllegalStateException("no free");
            }
        };

        for (Workload workload : EnumSet.of(Workload.CROSSFREE, Workload.THREADS2, Workload.VTHREADS10K)) {
            assertThatThrownBy(() -> workload.measure(subject, Thread::new, SHORT))
                    .as("%s", workload)
                    .hasRootCauseMessage("no free");
        }
    }
}
