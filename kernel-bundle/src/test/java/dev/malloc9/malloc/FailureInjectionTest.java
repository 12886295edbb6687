package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.FailureInfo;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.malloc.account.LastFailure;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailureInjectionTest {

    private final Subsystem kernel = new Subsystem();
    private final Owner first = kernel.load("first", M_A, M_B);
    private final Owner second = kernel.load("second", M_C);
    private final MallocOperator operator = kernel.subsystem.operator();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void failureRateThreeFailsEveryThirdRequest() {
        operator.failureRate(3);
        assertThat(failuresOfTen(M_A)).containsExactly(3, 6, 9);
        assertThat(operator.failures()).isEqualTo(new FailureInfo(3, 10, 3));
        assertThat(kernel.stats("a").allocs()).isEqualTo(7);
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(7 * 64);
    }

    @Test
    void injectedFailureChangesNoOtherStatistics() {
        operator.failureRate(1);
        assertThat(failuresOfTen(M_A)).hasSize(10);
        assertThat(kernel.stats("a").allocs()).isZero();
        assertThat(kernel.stats("a").sizeMask()).isZero();
        assertThat(kernel.subsystem.statistics().zoneStats()).allMatch(zone -> zone.failures() == 0);
    }

    @Test
    void waitingRequestIsNeitherFailedNorCounted() {
        operator.failureRate(1);
        operator.failureRate(first.module(), 1);
        operator.failureRate(first.module(), "a", 1);
        for (int i = 0; i < 10; i++) {
            kernel.malloc().malloc(64, M_A, M_WAITOK);
            assertThat(kernel.rawMalloc().malloc(100_000, M_A, M_WAITOK)).isNotZero();
        }
        assertThat(operator.failures()).isEqualTo(new FailureInfo(1, 0, 0));
        assertThat(operator.failures(first.module())).isEqualTo(new FailureInfo(1, 0, 0));
        assertThat(operator.failures(first.module(), "a")).isEqualTo(new FailureInfo(1, 0, 0));
    }

    @Test
    void atRateZeroNothingFailsNorIsCounted() {
        failuresOfTen(M_A);
        assertThat(operator.failures()).isEqualTo(new FailureInfo(0, 0, 0));
        operator.failureRate(2);
        assertThat(failuresOfTen(M_A)).containsExactly(2, 4, 6, 8, 10);
        operator.failureRate(0);
        assertThat(failuresOfTen(M_A)).isEmpty();
        assertThat(operator.failures()).isEqualTo(new FailureInfo(0, 10, 5));
    }

    @Test
    void rateOfAModuleOrTypeAffectsNoOther() {
        operator.failureRate(first.module(), 2);
        assertThat(failuresOfTen(M_A)).hasSize(5);
        assertThat(failuresOfTen(M_B)).hasSize(5);
        assertThat(failuresOfTen(M_C)).isEmpty();
        operator.failureRate(first.module(), 0);
        operator.failureRate(first.module(), "b", 5);
        assertThat(failuresOfTen(M_A)).isEmpty();
        assertThat(failuresOfTen(M_B)).containsExactly(5, 10);
        assertThat(operator.failures(first.module(), "b")).isEqualTo(new FailureInfo(5, 10, 2));
        assertThat(operator.failures(first.module(), "a")).isEqualTo(new FailureInfo(0, 0, 0));
        assertThat(operator.failures(second.module())).isEqualTo(new FailureInfo(0, 0, 0));
    }

    @Test
    void failureRateAppliesToATypeLoadedLater() {
        kernel.unload(second);
        operator.failureRate(1);
        kernel.load("third", M_C);
        assertThat(failuresOfTen(M_C)).hasSize(10);
        operator.failureRate(0);
        assertThat(failuresOfTen(M_C)).isEmpty();
    }

    @Test
    void largeRequestsReallocAndAddressesFailLikewise() {
        operator.failureRate(1);
        assertThat(kernel.malloc().malloc(100_000, M_A, M_NOWAIT)).isNull();
        assertThat(kernel.rawMalloc().malloc(1, M_A, M_NOWAIT)).isZero();
        MemorySegment block = kernel.malloc().malloc(16, M_A, M_WAITOK);
        assertThat(kernel.malloc().realloc(block, 17, M_A, M_NOWAIT)).isNull();
        assertThat(kernel.malloc().realloc(block, 1, M_A, M_NOWAIT)).isNotNull();
        assertThat(kernel.malloc().reallocf(block, 17, M_A, M_NOWAIT)).isNull();
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void lastFailureIsTheAgeInSeconds() {
        AtomicLong now = new AtomicLong(-5);
        LastFailure last = new LastFailure(now::get);
        now.addAndGet(90_999_999_999L);
        assertThat(last.seconds()).as("uptime, before any").isEqualTo(90);
        last.stamp();
        assertThat(last.seconds()).isZero();
        now.addAndGet(2_000_000_000L);
        assertThat(last.seconds()).isEqualTo(2);
    }

    @Test
    void injectedFailureUpdatesLastFail() throws InterruptedException {
        while (kernel.subsystem.statistics().lastFail() < 1) {
            Thread.sleep(20);
        }
        assertThat(kernel.malloc().malloc(1, M_A, M_NOWAIT)).isNotNull();
        assertThat(kernel.subsystem.statistics().lastFail()).isPositive();
        operator.failureRate(1);
        assertThat(kernel.malloc().malloc(1, M_A, M_NOWAIT)).isNull();
        assertThat(kernel.subsystem.statistics().lastFail()).isZero();
    }

    /** Returns the numbers of the requests that failed, of ten requests counted from 1. */
    private List<Integer> failuresOfTen(MallocType type) {
        List<Integer> failed = new ArrayList<>();
        for (int call = 1; call <= 10; call++) {
            if (kernel.malloc().malloc(64, type, M_NOWAIT) == null) {
                failed.add(call);
            }
        }
        return failed;
    }
}
