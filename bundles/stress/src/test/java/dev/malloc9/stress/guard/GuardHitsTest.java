package dev.malloc9.stress.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.raw.GuardHit.Kind;
import dev.malloc9.stress.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Smoke test of {@code bundles/stress/run guard}: each access that misses a guarded block throws an exception that leads to the block. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
@Tag("slow")
class GuardHitsTest {

    private static final int COUNT = 3000;
    private static final int COUNT_OF_A_MODE = 300;

    @Test
    @Timeout(120)
    void eachGuardHitIsAttributedToItsBlock() throws InterruptedException {
        GuardHits.Outcome outcome = GuardHits.run(COUNT, 20_261_123, 2);
        assertThat(outcome.wrong()).isEmpty();
        assertThat(outcome.count()).isEqualTo(COUNT);
        assertThat(outcome.hits()).containsOnlyKeys(Kind.OVERRUN, Kind.UNDERRUN, Kind.USE_AFTER_FREE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseG1GC", "-XX:+UseZGC", "-XX:-TieredCompilation", "-Xint"})
    void guardHitsAreAttributedInEachJvmMode(String mode) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        mode,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "guard",
                        Integer.toString(COUNT_OF_A_MODE),
                        "9"))
                .redirectErrorStream(true)
                .start();
        List<String> lines = child.inputReader().lines().toList();
        assertThat(child.waitFor()).as("%s", lines).isZero();
        assertThat(lines)
                .anyMatch(line -> line.startsWith(COUNT_OF_A_MODE + " hits ") && line.endsWith("each attributed"));
    }
}
