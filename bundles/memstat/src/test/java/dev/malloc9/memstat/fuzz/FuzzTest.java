package dev.malloc9.memstat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.malloc9.memstat.MemstatError;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("Whatever is read ends in a table or in an error of libmemstat's")
@Tag("slow")
class FuzzTest {

    @Test
    void randomInputsAreReadOrRefused() {
        Fuzz fuzz = new Fuzz(42);
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> fuzz.run(20_000));
        assertThat(fuzz.taken()).as("tables").isGreaterThan(2_000);
        assertThat(fuzz.rows()).as("rows of them").isGreaterThan(20_000);
        assertThat(fuzz.refused())
                .containsKeys(
                        MemstatError.NOMEMORY,
                        MemstatError.VERSION,
                        MemstatError.PERMISSION,
                        MemstatError.TOOMANYCPUS,
                        MemstatError.DATAERROR);
    }
}
