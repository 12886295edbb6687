package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetstatTest {

    @Test
    void reportEqualsFreeBsdsTextAndJson() {
        List<ZoneStats> zones = List.of(
                new ZoneStats("mbuf", 256, 0, 1, 1, 1, 1, 1),
                new ZoneStats("16", 16, 0, 100, 100, 100, 100, 0),
                new ZoneStats("mbuf", 256, 0, 260, 510, 9999, 1, 0),
                new ZoneStats("mbuf_packet", 256, 0, 256, 128, 7777, 3, 0),
                new ZoneStats("mbuf_cluster", 2048, 25600, 386, 6, 386, 2, 5),
                new ZoneStats("mbuf_jumbo_page", 4096, 12800, 3, 9, 20, 4, 0),
                new ZoneStats("mbuf_jumbo_9k", 9216, 6400, 2, 1, 20, 5, 0),
                new ZoneStats("mbuf_jumbo_16k", 16384, 3200, 1, 0, 20, 6, 0));
        assertThat(Netstat.report(zones, 100, 8).lines())
                .containsExactly(
                        "516/638/1154 mbufs in use (current/cache/total)",
                        "258/134/392/25600 mbuf clusters in use (current/cache/total/max)",
                        "256/128 mbuf+clusters out of packet secondary zone in use (current/cache)",
                        "3/9/12/12800 4k (page size) jumbo clusters in use (current/cache/total/max)",
                        "2/1/3/6400 9k jumbo clusters in use (current/cache/total/max)",
                        "1/0/1/3200 16k jumbo clusters in use (current/cache/total/max)",
                        "691K/472K/1163K bytes allocated to network (current/cache/total)",
                        "1/2/3 requests for mbufs denied (mbufs/clusters/mbuf+clusters)",
                        "4/5/6 requests for jumbo clusters denied (4k/9k/16k)",
                        "0 requests for sfbufs denied",
                        "0 requests for sfbufs delayed",
                        "0 requests for I/O initiated by sendfile",
                        "8 calls to protocol drain routines");
        assertThat(Netstat.json(zones, 100, 8))
                .isEqualTo(
                        "{\"mbuf-statistics\":{\"mbuf-current\":516,\"mbuf-cache\":638,\"mbuf-total\":1154,"
                                + "\"cluster-current\":258,\"cluster-cache\":134,\"cluster-total\":392,\"cluster-max\":25600,"
                                + "\"packet-count\":256,\"packet-free\":128,"
                                + "\"jumbo-count\":3,\"jumbo-cache\":9,\"jumbo-total\":12,\"jumbo-max\":12800,"
                                + "\"jumbo-page-size\":4096,"
                                + "\"jumbo9-count\":2,\"jumbo9-cache\":1,\"jumbo9-total\":3,\"jumbo9-max\":6400,"
                                + "\"jumbo16-count\":1,\"jumbo16-cache\":0,\"jumbo16-total\":1,\"jumbo16-limit\":3200,"
                                + "\"bytes-in-use\":707684,\"bytes-in-cache\":483840,\"bytes-total\":1191524,"
                                + "\"mbuf-failures\":1,\"cluster-failures\":2,\"packet-failures\":3,"
                                + "\"mbuf-sleeps\":0,\"cluster-sleeps\":5,\"packet-sleeps\":0,"
                                + "\"jumbop-sleeps\":0,\"jumbo9-sleeps\":0,\"jumbo16-sleeps\":0,"
                                + "\"jumbop-failures\":4,\"jumbo9-failures\":5,\"jumbo16-failures\":6,"
                                + "\"sendfile-io-count\":0,\"sfbufs-alloc-failed\":0,\"sfbufs-alloc-wait\":0,\"drain-calls\":8}}");
    }

    @Test
    void netstatPrintsTheKernelsFigures() {
        try (Network network = new Network()) {
            List<Mbuf> mbufs = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                mbufs.add(network.mbufs.get(M_WAITOK, MT_DATA));
                mbufs.add(network.mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR));
            }
            mbufs.add(network.mbufs.getjcl(M_WAITOK, MT_DATA, 0, 9216));
            network.mbufs.drains().add(() -> {});
            network.mbufs.drains().vmLowmem();
            String report = new NetstatCommand(network.kernel.runtime(), network.mbufs).report("-m");
            assertThat(report.lines().toList())
                    .hasSize(13)
                    .anySatisfy(line -> assertThat(line).matches("7/\\d+/\\d+ mbufs in use .*"))
                    .anySatisfy(line -> assertThat(line).matches("3/\\d+/\\d+/25600 mbuf clusters in use .*"))
                    .anySatisfy(line -> assertThat(line).matches("3/\\d+ mbuf\\+clusters out of .*"))
                    .anySatisfy(line -> assertThat(line).matches("1/\\d+/\\d+/6400 9k jumbo clusters .*"))
                    .contains("1 calls to protocol drain routines");
            mbufs.forEach(network.mbufs::free);
            network.lostNothing();
        }
    }

    @Test
    void zoneOfAnotherOwnerWithTheSameNameIsNotCounted() {
        try (Network network = new Network()) {
            Zone stranger = network.kernel.zones().zcreate(ZoneRequest.of("mbuf", 64, Tags.M_PACKET_TAGS));
            List<MemorySegment> items = List.of(stranger.zalloc(M_WAITOK), stranger.zalloc(M_WAITOK));
            Mbuf own = network.mbufs.get(M_WAITOK, MT_DATA);
            NetstatCommand command = new NetstatCommand(network.kernel.runtime(), network.mbufs);
            assertThat(command.report("-m")).startsWith("1/");
            items.forEach(stranger::zfree);
            stranger.zdestroy();
            network.mbufs.free(own);
            network.lostNothing();
        }
    }

    @Test
    void wrongArgumentIsAUsageError() {
        try (Network network = new Network()) {
            NetstatCommand command = new NetstatCommand(network.kernel.runtime(), network.mbufs);
            assertThatThrownBy(() -> command.report())
                    .isInstanceOf(NetstatFailed.class)
                    .hasToString("usage: netstat -m [-o FORMAT]");
            for (String[] words : new String[][] {{"-m", "-x"}, {"-mx"}, {"-o", "xml"}, {"-m", "a"}, {"-m", "-o"}}) {
                assertThatThrownBy(() -> command.report(words))
                        .isInstanceOf(NetstatFailed.class)
                        .hasMessageMatching("(?s).*(-x|xml|: a|-o).*; usage: netstat -m \\[-o FORMAT]");
            }
            assertThat(command.report("--help")).startsWith("usage: " + NetstatCommand.USAGE);
            assertThat(command.report("-mo", "json")).startsWith("{\"mbuf-statistics\":{\"mbuf-current\":");
            assertThat(command.options()).containsOnlyKeys("-h", "--help", "-m", "-o");
        }
    }
}
