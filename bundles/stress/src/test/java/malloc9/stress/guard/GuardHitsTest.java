package malloc9.stress.guard;

import static org.assertj.core.api.Assertions.assertThat;

import malloc9.api.raw.GuardHit.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The smoke form of {@code bundles/stress/run guard}. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class GuardHitsTest {

    private static final int COUNT = 3000;

    @Test
    void eachMissIsAnExceptionThatLeadsToItsBlock() {
        GuardHits.Outcome outcome = GuardHits.run(COUNT, 20_261_123);
        assertThat(outcome.wrong()).isEmpty();
        assertThat(outcome.count()).isEqualTo(COUNT);
        assertThat(outcome.hits()).containsOnlyKeys(Kind.OVERRUN, Kind.UNDERRUN, Kind.USE_AFTER_FREE);
    }
}
