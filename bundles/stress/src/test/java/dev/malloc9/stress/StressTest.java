package dev.malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
class StressTest {

    private static final long SEED = 1997_10_27;

    @Test
    @Timeout(120)
    void stressRunFindsNoError() throws InterruptedException {
        Account account = Stress.run(Form.SMOKE, SEED);
        assertThat(account.wrong()).isEmpty();
        assertThat(account.allocs()).isGreaterThan(7_000);
        assertThat(account.reclaims()).isPositive();
        assertThat(account.lives()).isPositive();
    }
}
