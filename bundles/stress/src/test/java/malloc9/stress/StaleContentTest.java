package malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import malloc9.api.runtime.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The smoke form of {@code bundles/stress/run former}. */
@Tag("slow")
class StaleContentTest {

    private static final long BYTES = 30_000_000;
    private static final long SEED = 8;

    @Test
    void freshMemoryShowsNothingFormerAtLevelI() {
        StaleContent.Outcome outcome = StaleContent.run(BYTES, Level.I, SEED);
        assertThat(outcome.looked()).isGreaterThanOrEqualTo(BYTES);
        assertThat(outcome.former()).isZero();
        assertThat(outcome.stops()).isPositive();
    }

    /** Which ARMOUR.md says, and which shows that this looks. */
    @Test
    void atLevelRItDoes() {
        assertThat(StaleContent.run(BYTES, Level.R, SEED).former()).isGreaterThan(BYTES / 100);
    }
}
