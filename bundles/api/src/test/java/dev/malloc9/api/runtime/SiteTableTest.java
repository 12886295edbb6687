package dev.malloc9.api.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteTableTest {

    private static final ModuleId LEAKY = new ModuleId("leaky", "1.0.0", 14);
    private static final CallStack OPEN = new CallStack(List.of(
            new StackTraceElement(null, "leaky", "1.0.0", "leaky.Driver", "open", "Driver.java", 12),
            new StackTraceElement(null, "java.base", null, "java.lang.Thread", "run", "Thread.java", 99)));
    private static final CallStack READ = new CallStack(
            List.of(new StackTraceElement(null, "leaky", "1.0.0", "leaky.Driver", "read", "Driver.java", 40)));

    @Test
    void tableHasARowForEachSiteAndASum() {
        assertThat(new SiteTable(
                                List.of(
                                        new BlockGroup(LEAKY, "leaky", OPEN, 6_144, 3, Duration.ofSeconds(95)),
                                        new BlockGroup(LEAKY, "leaky", CallStack.NONE, 64, 1, null)),
                                10,
                                false)
                        .lines())
                .containsExactly(
                        "BYTES  COUNT  OLDEST  SITE",
                        " 6144      3      1m  leaky@1.0.0/leaky.Driver.open(Driver.java:12)"
                                + " <- java.base/java.lang.Thread.run(Thread.java:99)",
                        "   64      1       -  (no site)",
                        " 6208      4      1m  sum");
    }

    @Test
    void blocksWithoutSiteAreNamedByTypeAndModule() {
        assertThat(new SiteTable(List.of(new BlockGroup(LEAKY, "buf", CallStack.NONE, 64, 1, null)), 10, true).lines())
                .containsExactly(
                        "BYTES  COUNT  OLDEST  SITE",
                        "   64      1       -  (no site) of type buf of leaky 1.0.0 (14)",
                        "   64      1       -  sum");
    }

    @Test
    void groupsBeyondTheRowsShareOneRow() {
        List<BlockGroup> groups = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            groups.add(new BlockGroup(LEAKY, "leaky", READ, 100, i, Duration.ofMillis(i)));
        }
        List<String> lines = new SiteTable(groups, SiteTable.AT_STOP, false).lines();
        assertThat(lines).hasSize(13);
        assertThat(lines.get(11)).isEqualTo("  200     23    12ms  (2 more)");
        assertThat(lines.get(12)).isEqualTo(" 1200     78    12ms  sum");
    }

    @Test
    void anAgeIsToldInItsLargestUnit() {
        assertThat(SiteTable.age(null)).isEqualTo("-");
        assertThat(SiteTable.age(Duration.ZERO)).isEqualTo("0ms");
        assertThat(SiteTable.age(Duration.ofMillis(999))).isEqualTo("999ms");
        assertThat(SiteTable.age(Duration.ofMillis(59_999))).isEqualTo("59s");
        assertThat(SiteTable.age(Duration.ofMinutes(59))).isEqualTo("59m");
        assertThat(SiteTable.age(Duration.ofMinutes(61))).isEqualTo("1h");
        assertThat(SiteTable.age(Duration.ofHours(49))).isEqualTo("2d");
    }

    @Test
    void growthIsTheDifferenceOfTwoSnapshots() {
        Outstanding before = new Outstanding(
                Instant.EPOCH,
                List.of(
                        new BlockGroup(LEAKY, "leaky", OPEN, 64, 1, null),
                        new BlockGroup(LEAKY, "leaky", READ, 640, 10, null)));
        Outstanding now = new Outstanding(
                Instant.EPOCH,
                List.of(
                        new BlockGroup(LEAKY, "leaky", READ, 512, 8, null),
                        new BlockGroup(LEAKY, "other", OPEN, 16, 1, null),
                        new BlockGroup(LEAKY, "leaky", OPEN, 192, 3, null)));
        assertThat(now.growthSince(before))
                .containsExactly(
                        new BlockGroup(LEAKY, "leaky", OPEN, 128, 2, null),
                        new BlockGroup(LEAKY, "other", OPEN, 16, 1, null));
        assertThat(now.growthSince(now)).isEmpty();
    }
}
