package dev.malloc9.stress.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class KillsTest {

    private static final int KILLS = 5;
    private static final long SEED = 2005_05_29;

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void fileDiffersByAtMostOneOperationPerThread() throws Exception {
        Kills.Outcome outcome = Kills.run(KILLS, SEED, folder);
        assertThat(outcome.wrong()).isEmpty();
        assertThat(outcome.kills()).isEqualTo(KILLS);
        assertThat(outcome.operations()).isGreaterThan(KILLS * 100);
        assertThat(folder.resolve("stats.old")).isRegularFile();
    }
}
