package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.ModuleId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampledSitesTest {

    private static final ModuleId DRIVER = new ModuleId("driver", "1", 7);
    private static final CallStack A = site("a");
    private static final CallStack B = site("b");

    @Test
    void sampledSitesAreScaledAndMarkedAsEstimates() {
        SiteView view = view(
                        group("buf", CallStack.NONE, 94_000, 940),
                        group("buf", A, 5_000, 50),
                        group("buf", B, 1_000, 10))
                .sampled(16);
        assertThat(view.groups())
                .containsExactly(
                        group("buf", A, 80_000, 800),
                        group("buf", B, 16_000, 160),
                        group("buf", CallStack.NONE, 4_000, 40));
        assertThat(view.text())
                .endsWith("\nfigures by site are estimates: one request of 16 was recorded with its site")
                .contains("100000   1000       -  sum");
        assertThat(view.json()).contains("\"estimated-from-one-of\":16");
    }

    @Test
    void estimatesDoNotExceedTheSumOfTheirType() {
        List<BlockGroup> groups = view(
                        group("buf", CallStack.NONE, 500, 5),
                        group("buf", A, 300, 3),
                        group("buf", B, 200, 2),
                        group("other", A, 64, 1))
                .sampled(16)
                .groups();
        assertThat(groups).containsExactly(group("buf", A, 600, 6), group("buf", B, 400, 4), group("other", A, 64, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void exactFiguresStayAsTheyAre(long every) {
        SiteView view = view(group("buf", CallStack.NONE, 500, 5), group("buf", A, 300, 3));
        assertThat(view.sampled(every)).isSameAs(view);
        assertThat(view.text()).doesNotContain("estimate");
        SiteView recorded = view(group("buf", A, 300, 3));
        assertThat(recorded.sampled(16)).isSameAs(recorded);
    }

    private static SiteView view(BlockGroup... groups) {
        return new SiteView(List.of(groups), "none", Sizes.EXACT);
    }

    private static BlockGroup group(String type, CallStack site, long bytes, long count) {
        return new BlockGroup(DRIVER, type, site, bytes, count, null);
    }

    private static CallStack site(String method) {
        return new CallStack(List.of(new StackTraceElement("driver.Driver", method, "Driver.java", 1)));
    }
}
