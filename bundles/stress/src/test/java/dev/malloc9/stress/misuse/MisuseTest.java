package dev.malloc9.stress.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
class MisuseTest {

    private static final long SMOKE = 100_000;
    private static final long SEED = 2010_08_11;

    @Test
    @Timeout(120)
    void wrongAddressIsRefusedAndChangesNothing() throws InterruptedException {
        Misuse.Outcome outcome = Misuse.run(SMOKE, SEED);
        assertThat(outcome.wrong()).isEmpty();
        assertThat(outcome.inside()).isBetween(SMOKE * 4 / 10, SMOKE * 6 / 10);
        assertThat(outcome)
                .hasToString(
                        "100000 addresses, " + outcome.inside() + " of them inside, and 10000 descriptors: 0 missed");
    }
}
