package dev.malloc9.malloc.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.account.Quota.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong unused = new AtomicLong();
    private final Quota quota = new Quota(this::gather, now::get);

    private void gather() {
        quota.refundQuietly(unused.getAndSet(0));
    }

    @Test
    void quotaIsUsedUpToTheByte() {
        quota.limits(Quota.UNLIMITED, 100);
        assertThat(quota.charge(99, false)).isEqualTo(Outcome.CHARGED);
        assertThat(quota.charge(2, false)).isEqualTo(Outcome.REFUSED);
        assertThat(quota.charge(1, false)).isEqualTo(Outcome.CHARGED);
        assertThat(quota.charge(1, false)).isEqualTo(Outcome.REFUSED);
        assertThat(quota.charge(101, true)).isEqualTo(Outcome.TOO_LARGE);
        quota.refund(50);
        assertThat(quota.charge(51, false)).isEqualTo(Outcome.REFUSED);
        assertThat(quota.charge(50, true)).isEqualTo(Outcome.CHARGED);
        assertThat(quota.used()).isEqualTo(100);
    }

    @Test
    void unusedBytesAreGatheredBeforeARefusal() {
        quota.limits(Quota.UNLIMITED, 100);
        assertThat(quota.offer(100)).isTrue();
        unused.set(40);
        assertThat(quota.offer(1)).isFalse();
        assertThat(quota.charge(40, false)).isEqualTo(Outcome.CHARGED);
        assertThat(quota.charge(1, false)).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void softLimitIsReportedOnceInFiveMinutes() {
        quota.limits(100, Quota.UNLIMITED);
        quota.charge(100, false);
        assertThat(quota.takeAlarm()).isFalse();
        quota.charge(1, false);
        assertThat(quota.takeAlarm()).isTrue();
        assertThat(quota.takeAlarm()).isFalse();
        quota.charge(500, false);
        assertThat(quota.takeAlarm()).as("still above").isFalse();
        passAgainAfter(299);
        assertThat(quota.takeAlarm()).isFalse();
        passAgainAfter(1);
        assertThat(quota.takeAlarm()).isTrue();
    }

    @Test
    void softLimitBelowTheUsageIsReportedAtOnce() {
        quota.charge(50, false);
        quota.limits(50, Quota.UNLIMITED);
        assertThat(quota.takeAlarm()).isFalse();
        quota.limits(49, Quota.UNLIMITED);
        assertThat(quota.takeAlarm()).isTrue();
    }

    @Test
    void unusedBytesPassNoSoftLimit() {
        quota.limits(100, Quota.UNLIMITED);
        quota.charge(90, false);
        unused.set(20);
        quota.charge(20, false);
        assertThat(quota.takeAlarm()).isFalse();
        quota.charge(11, false);
        assertThat(quota.takeAlarm()).isTrue();
    }

    private void passAgainAfter(long seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        quota.refund(quota.used());
        quota.charge(101, false);
    }
}
