package dev.malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Smoke test of {@code bundles/stress/run former}: new blocks show no former content. */
@Tag("slow")
class StaleContentTest {

    private static final long BYTES = 30_000_000;
    private static final long SEED = 8;

    @Test
    void newBlockAtLevelIShowsNoFormerContent() {
        StaleContent.Outcome outcome = StaleContent.run(BYTES, Level.I, SEED);
        assertThat(outcome.looked()).isGreaterThanOrEqualTo(BYTES);
        assertThat(outcome.former()).isZero();
        assertThat(outcome.stops()).isPositive();
    }

    /** ARMOUR.md documents that new blocks show former content at level R. The test also proves that former content would be found. */
    @Test
    void newBlockAtLevelRShowsFormerContent() {
        assertThat(StaleContent.run(BYTES, Level.R, SEED).former()).isGreaterThan(BYTES / 100);
    }
}
