package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.ForwardingPages;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that counts, limits and blocks stay correct if the OS fails at the k-th step of a workload, for every k. */
class StepFailureTest {

    private static final int STEPS = 300;

    /** A page source whose k-th purge fails. */
    private static final class FailingPages extends ForwardingPages {
        private int callsLeft = Integer.MAX_VALUE;

        FailingPages() {
            super(32 << 20);
        }

        @Override
        public void purge(long offset, long bytes) {
            if (--callsLeft == 0) {
                throw new IllegalStateException("madvise failed");
            }
            super.purge(offset, bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"pages, false", "pages, true", "bsd, true", "fine, true"})
    void whereverThePageSourceFailsTheCountsAreExact(String preset, boolean limited) {
        int k = 0;
        while (failsAt(++k, preset, limited)) {
            assertThat(k).isLessThan(STEPS);
        }
        assertThat(k).as("steps that can fail").isGreaterThan(10);
    }

    /** Runs the workload with a failure at the k-th step, and returns whether such a step exists. */
    private boolean failsAt(int k, String preset, boolean limited) {
        FailingPages pages = new FailingPages();
        SizeClasses classes = requireNonNull(SizeClasses.named(preset));
        try (Subsystem kernel = new Subsystem(pages, classes, ZoneSets.ONE)) {
            Owner owner = kernel.load("driver", M_A, M_B);
            if (limited) {
                kernel.subsystem.operator().limit(owner.module(), 1 << 20, 16 << 20);
            }
            Random random = new Random(5);
            List<MemorySegment> blocks = new ArrayList<>();
            int failures = 0;
            pages.callsLeft = k;
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(3) != 0) {
                    blocks.add(kernel.malloc().malloc(random.nextInt(100_000), M_A, M_WAITOK));
                } else if (!blocks.isEmpty()) {
                    failures += free(kernel, blocks.remove(random.nextInt(blocks.size())));
                }
                if (step % 100 == 99) {
                    for (MemorySegment block : blocks) {
                        failures += free(kernel, block);
                    }
                    blocks.clear();
                }
            }
            assertThat(kernel.stats("a").inUse()).isZero();
            assertThat(kernel.stats("a").bytesInUse()).isZero();
            assertThat(kernel.subsystem.operator().limits(owner.module()).used())
                    .isZero();
            assertThat(failures).isLessThanOrEqualTo(1);
            return pages.callsLeft <= 0;
        }
    }

    /**
     * Frees a block, and returns the number of errors. If the OS does not take the pages back, the block is freed nevertheless, and an
     * error is thrown.
     */
    private static int free(Subsystem kernel, MemorySegment block) {
        try {
            kernel.malloc().free(block, M_A);
            return 0;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("madvise failed");
            return 1;
        }
    }
}
