package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.TypeAccounting;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LimitInfo;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.type.Owner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeAccountingTest {

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = kernel.load("driver", M_A);
    private final TypeAccounting accounting = kernel.subsystem.accounting();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherAllocatorsMemoryIsCountedAsItSays(boolean watched) {
        kernel.subsystem.operator().profile(watched);
        accounting.allocated(M_A, 5_000_000_000L);
        accounting.allocated(M_A, 7);
        accounting.allocated(M_A, 0);
        assertCounts(2, 0, 5_000_000_007L, 0);
        accounting.freed(M_A, 7);
        accounting.freed(M_A, 0);
        assertCounts(2, 2, 5_000_000_007L, 7);
        assertThat(kernel.stats("a").sizeMask()).isZero();
        assertThat(kernel.stats("a").highBytes()).isEqualTo(5_000_000_007L);
        assertThat(kernel.stats("a").highBlocks()).isEqualTo(2);
    }

    @Test
    void unaccountedFreesAreALeakAtTheStop() {
        accounting.allocated(M_A, 1000);
        kernel.unload(owner);
        LeakReport leak = kernel.leaks.getFirst();
        assertThat(leak.allocations()).isEqualTo(1);
        assertThat(leak.bytes()).isEqualTo(1000);
        assertThat(leak.blocks()).isEmpty();
        assertThatThrownBy(() -> accounting.freed(M_A, 1000)).isInstanceOf(UnregisteredType.class);
    }

    /** If the leaked block were overlooked, it would belong to the next type with the same number. */
    @Test
    void surplusFreesHideNoLeak() {
        long leaked = kernel.rawMalloc().malloc(64, M_A, M_NOWAIT);
        accounting.freed(M_A, 64);
        kernel.unload(owner);
        kernel.load("next", M_B);
        assertThatThrownBy(() -> kernel.rawMalloc().free(leaked, M_B))
                .isInstanceOfSatisfying(
                        InvalidFree.class, e -> assertThat(e.reason()).isEqualTo(InvalidFree.Reason.REVOKED));
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(64);
    }

    @Test
    void accountedMemoryCountsButIsNotRefused() {
        kernel.subsystem.operator().limit(owner.module(), 0, 1000);
        accounting.allocated(M_A, 5000);
        assertThat(kernel.subsystem.operator().limits(owner.module())).isEqualTo(new LimitInfo(0, 1000, 5000, 0));
        assertThat(kernel.malloc().malloc(1, M_A, M_NOWAIT)).isNull();
        accounting.freed(M_A, 4500);
        assertThat(kernel.malloc().malloc(1, M_A, M_NOWAIT)).isNotNull();
    }

    private void assertCounts(long allocs, long frees, long allocated, long freed) {
        TypeStats stats = kernel.stats("a");
        assertThat(new long[] {stats.allocs(), stats.frees(), stats.allocated(), stats.freed()})
                .containsExactly(allocs, frees, allocated, freed);
    }
}
