package dev.malloc9.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("Whatever is typed ends in a table or in one line, and nothing in it moves a cursor")
@Tag("slow")
class FuzzTest {

    @Test
    void randomLinesPassOrFailWithAMessage() {
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            try (Fuzz fuzz = new Fuzz()) {
                fuzz.run(5_000, 42);
                assertThat(fuzz.ended().get(true)).as("passed").isGreaterThan(300);
                assertThat(fuzz.ended().get(false)).as("failed").isGreaterThan(300);
            }
        });
    }

    @Test
    void hugeAndHostileNamesPrintNoControlCharacters() {
        try (Fuzz fuzz = new Fuzz()) {
            assertThat(fuzz.one("vmstat -m '" + "\u001bA".repeat(1 << 19) + "'"))
                    .isFalse();
            assertThat(fuzz.one("vmstat -m '; rm | $(x)\n\u001b[2J'")).isFalse();
            assertThat(fuzz.one("memguard '\u001b[2J\n'")).isTrue();
            assertThat(fuzz.one("memguard ''")).isTrue();
            assertThat(fuzz.one("vmstat -m -b")).isTrue();
            assertThat(fuzz.one("vmstat -z ${notset}")).isTrue();
            assertThat(fuzz.one("vmstat -m -o ${notset}")).isFalse();
            assertThat(fuzz.one("vmstat -w ${notset}")).isFalse();
            assertThat(fuzz.one("dmesg %|< '@`4;}'")).isFalse();
        }
    }
}
