package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 38, 2005-07-27: only successful allocations increase the number of allocations. */
class Row38OnlySuccessCountsTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failedRequestCountsOnlyItsSizeClass(boolean watched) {
        try (Subsystem kernel = new Subsystem(2 << 20)) {
            Owner owner = kernel.load("driver", M_A, M_B);
            kernel.subsystem.operator().profile(watched);
            kernel.malloc().malloc(2 << 20, M_A, M_WAITOK);
            assertThat(kernel.malloc().malloc(100_000, M_B, M_NOWAIT)).isNull();
            assertThatThrownBy(() -> kernel.malloc().malloc(100_000, M_B, M_WAITOK))
                    .isInstanceOf(KernelMapExhausted.class);
            assertThat(counts(kernel)).containsExactly(0L, 0L, 0L, 0L, 0L);
            assertThat(kernel.malloc().malloc(64, M_B, M_NOWAIT)).isNull();
            assertThat(kernel.rawMalloc().malloc(64, M_B, M_NOWAIT)).isZero();
            assertThat(counts(kernel)).containsExactly(0L, 0L, 0L, 0L, 4L);
            kernel.subsystem.operator().failureRate(1);
            assertThat(kernel.malloc().malloc(1024, M_B, M_NOWAIT)).isNull();
            kernel.subsystem.operator().failureRate(0);
            kernel.subsystem.operator().limit(owner.module(), "b", 0, 16);
            assertThat(kernel.malloc().malloc(2048, M_B, M_NOWAIT)).isNull();
            assertThat(counts(kernel)).containsExactly(0L, 0L, 0L, 0L, 4L);
        }
    }

    private static List<Long> counts(Subsystem kernel) {
        TypeStats b = kernel.stats("b");
        return List.of(b.allocs(), b.frees(), b.allocated(), b.highBytes(), (long) b.sizeMask());
    }
}
