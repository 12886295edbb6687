package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScriptTest {

    @Test
    void scriptsInJavaEqualTheScriptsInC() {
        assertThat(Script.of(1_000).checksum()).isEqualTo(172093906145589451L);
        assertThat(Script.ofSmall(1_000).checksum()).isEqualTo(6686171986122090478L);
    }

    @Test
    void everyOctaveIsAsLikelyAsAnother() {
        Script script = Script.of(10_000);

        long small = Arrays.stream(script.bytes).filter(bytes -> bytes < 32).count();
        long large =
                Arrays.stream(script.bytes).filter(bytes -> bytes >= 32 << 10).count();

        assertThat(script.bytes).hasSize(1 << 17);
        assertThat(Arrays.stream(script.bytes).min()).hasValue(16);
        assertThat(Arrays.stream(script.bytes).max().orElseThrow()).isBetween(65_000, 65_535);
        assertThat((double) small / large).isBetween(0.95, 1.05);
    }

    @Test
    void oneHundredThousandBlocksAreAbout190Megabytes() {
        Script script = Script.ofSmall(100_000);

        long megabytes =
                Arrays.stream(script.bytes, 0, script.members).asLongStream().sum() >> 20;

        assertThat(megabytes).isBetween(185L, 200L);
    }

    @Test
    void anOrderHasEveryNumberOnce() {
        int[] order = new RandomSizes(10).order(100);

        int[] sorted = IntStream.range(0, 100).toArray();
        assertThat(order).isNotEqualTo(sorted);
        Arrays.sort(order);
        assertThat(order).isEqualTo(sorted);
    }
}
