package malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import malloc9.api.runtime.ZoneStats;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vmstat -z prints FreeBSD's columns")
class ZoneTableTest {

    @Test
    void printsTheGoldenTable() {
        List<ZoneStats> zones = List.of(
                new ZoneStats("mbuf_cluster", 2048, 25600, 8, 1, 10, 3, 0),
                new ZoneStats("mbuf_packet", 256, 0, 5, 6, 50, 0, 0),
                new ZoneStats("mbuf", 256, 0, 62, 32, 103, 1, 2));
        assertThat(new ZoneTable(zones).text() + "\n").isEqualTo("""
                        ITEM                   SIZE  LIMIT     USED     FREE      REQ FAIL SLEEP

                        mbuf_cluster:          2048,  25600,       8,       1,      10,   3,   0
                        mbuf_packet:            256,      0,       5,       6,      50,   0,   0
                        mbuf:                   256,      0,      62,      32,     103,   1,   2

                        """);
    }
}
