package malloc9.malloc.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import malloc9.malloc.account.Budget.Outcome;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong unused = new AtomicLong();
    private final Budget budget = new Budget(this::gather, now::get);

    private void gather() {
        budget.refundQuietly(unused.getAndSet(0));
    }

    @Test
    void itIsUsedUpToTheByte() {
        budget.limits(Budget.UNLIMITED, 100);
        assertThat(budget.charge(99, false)).isEqualTo(Outcome.CHARGED);
        assertThat(budget.charge(2, false)).isEqualTo(Outcome.REFUSED);
        assertThat(budget.charge(1, false)).isEqualTo(Outcome.CHARGED);
        assertThat(budget.charge(1, false)).isEqualTo(Outcome.REFUSED);
        assertThat(budget.charge(101, true)).isEqualTo(Outcome.TOO_LARGE);
        budget.refund(50);
        assertThat(budget.charge(51, false)).isEqualTo(Outcome.REFUSED);
        assertThat(budget.charge(50, true)).isEqualTo(Outcome.CHARGED);
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void whatLiesUnusedIsGatheredBeforeAnybodyIsRefused() {
        budget.limits(Budget.UNLIMITED, 100);
        assertThat(budget.offer(100)).isTrue();
        unused.set(40);
        assertThat(budget.offer(1)).isFalse();
        assertThat(budget.charge(40, false)).isEqualTo(Outcome.CHARGED);
        assertThat(budget.charge(1, false)).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void theSoftLimitIsToldWhenItIsPassedAndNotAgainForFiveMinutes() {
        budget.limits(100, Budget.UNLIMITED);
        budget.charge(100, false);
        assertThat(budget.takeAlarm()).isFalse();
        budget.charge(1, false);
        assertThat(budget.takeAlarm()).isTrue();
        assertThat(budget.takeAlarm()).isFalse();
        budget.charge(500, false);
        assertThat(budget.takeAlarm()).as("still above").isFalse();
        passAgainAfter(299);
        assertThat(budget.takeAlarm()).isFalse();
        passAgainAfter(1);
        assertThat(budget.takeAlarm()).isTrue();
    }

    @Test
    void aSoftLimitBelowTheUseIsToldAtOnce() {
        budget.charge(50, false);
        budget.limits(50, Budget.UNLIMITED);
        assertThat(budget.takeAlarm()).isFalse();
        budget.limits(49, Budget.UNLIMITED);
        assertThat(budget.takeAlarm()).isTrue();
    }

    @Test
    void whatLiesUnusedPassesNoSoftLimit() {
        budget.limits(100, Budget.UNLIMITED);
        budget.charge(90, false);
        unused.set(20);
        budget.charge(20, false);
        assertThat(budget.takeAlarm()).isFalse();
        budget.charge(11, false);
        assertThat(budget.takeAlarm()).isTrue();
    }

    private void passAgainAfter(long seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        budget.refund(budget.used());
        budget.charge(101, false);
    }
}
