package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.shell.view.LiveTable.Figures;
import dev.malloc9.shell.view.LiveTable.Layout;
import dev.malloc9.shell.view.LiveTable.Order;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveTableTest {

    private static final ModuleId ETHER = new ModuleId("ether", "1.0.0", 9);
    private static final long NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final List<Figures> BEFORE = List.of(
            new Figures("large", ETHER, 4, 8192, 10),
            new Figures("busy", ETHER, 1, 16, 100),
            new Figures("shrunk", ETHER, 2, 4096, 2));

    private static final List<Figures> NOW = List.of(
            new Figures("large", ETHER, 4, 8192, 10),
            new Figures("busy", ETHER, 2, 32, 2100),
            new Figures("shrunk", ETHER, 1, 2048, 2),
            new Figures("new", ETHER, 1, 1024, 1),
            new Figures("unused", ETHER, 0, 0, 0));

    @Test
    void firstTableShowsNoGrowthAndNoRate() {
        assertThat(LiveTable.of(List.of(), BEFORE, 0, layout(Order.BYTES)).text())
                .isEqualTo("""
                  Type  InUse  MemUse  Growth  Requests  Rate
                 large      4      8K       -        10     -
                shrunk      2      4K       -         2     -
                  busy      1      1K       -       100     -""");
    }

    @Test
    void rowsAreSortedByTheRequestedOrder() {
        assertThat(LiveTable.of(BEFORE, NOW, NANOS, layout(Order.BYTES)).text()).isEqualTo("""
                  Type  InUse  MemUse  Growth  Requests    Rate
                 large      4      8K       0        10     0/s
                shrunk      1      2K   -2048         2     0/s
                   new      1      1K   +1024         1     1/s
                  busy      2      1K     +16      2100  1000/s""");
        assertThat(names(Order.GROWTH)).containsExactly("new", "busy", "large", "shrunk");
        assertThat(names(Order.RATE)).containsExactly("busy", "new", "large", "shrunk");
    }

    @Test
    void bundleColumnAndHumanSizesAreOptional() {
        assertThat(LiveTable.of(BEFORE, NOW, NANOS, new Layout("Type", Order.BYTES, true, Sizes.HUMANE))
                        .text())
                .isEqualTo("""
                          Type  InUse  MemUse  Growth  Requests    Rate  Bundle
                         large      4    8.0K      0B        10     0/s  ether-1.0.0
                        shrunk      1    2.0K   -2.0K         2     0/s  ether-1.0.0
                           new      1    1.0K   +1.0K         1     1/s  ether-1.0.0
                          busy      2     32B    +16B      2100  1000/s  ether-1.0.0""");
    }

    @Test
    void typesOfOneNameAreComparedInTheirOrder() {
        List<Figures> two = List.of(new Figures("t", ETHER, 1, 16, 1), new Figures("t", ETHER, 1, 4096, 1));
        assertThat(LiveTable.of(two, two, NANOS, layout(Order.BYTES)).rows())
                .extracting(LiveTable.Row::growth)
                .containsExactly(0L, 0L);
    }

    @Test
    void jsonHasTheWholeFigures() {
        assertThat(LiveTable.of(
                                BEFORE.subList(0, 1),
                                NOW.subList(0, 1),
                                NANOS,
                                new Layout("Type", Order.RATE, false, Sizes.HUMANE))
                        .json())
                .isEqualTo("{\"vmstat\":{\"memory\":[{\"name\":\"large\",\"in-use\":4,\"memory-use\":8192,\"growth\":0,"
                        + "\"requests\":10,\"rate\":0,\"bundle\":\"ether\",\"version\":\"1.0.0\",\"bundle-id\":9}]}}");
    }

    @Test
    void humanSizesAreNeverRoundedDown() {
        assertThat(Sizes.HUMANE.text(0)).isEqualTo("0B");
        assertThat(Sizes.HUMANE.text(1023)).isEqualTo("1023B");
        assertThat(Sizes.HUMANE.text(1024)).isEqualTo("1.0K");
        assertThat(Sizes.HUMANE.text(1025)).isEqualTo("1.1K");
        assertThat(Sizes.HUMANE.text(10 << 10)).isEqualTo("10K");
        assertThat(Sizes.HUMANE.text((10 << 10) + 1)).isEqualTo("11K");
        assertThat(Sizes.HUMANE.text(-2048)).isEqualTo("-2.0K");
        assertThat(Sizes.HUMANE.text(Long.MAX_VALUE)).isEqualTo("8.0E");
        assertThat(Sizes.HUMANE.text(Long.MIN_VALUE)).isEqualTo("-8.0E");
        assertThat(Sizes.EXACT.text(1024)).isEqualTo("1024");
    }

    private static Layout layout(Order order) {
        return new Layout("Type", order, false, Sizes.EXACT);
    }

    private static List<String> names(Order order) {
        return LiveTable.of(BEFORE, NOW, NANOS, layout(order)).rows().stream()
                .map(row -> row.now().name())
                .toList();
    }
}
