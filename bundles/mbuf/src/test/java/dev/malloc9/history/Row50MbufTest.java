package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.mbuf.Mbuf;
import dev.malloc9.mbuf.MbufFlags;
import dev.malloc9.mbuf.Network;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests of the commit of 2004-05-31 by bmilekic: mbufs and clusters are zones of UMA. Packets are a secondary zone over the keg of the
 * mbufs, and clusters have a limit. {@code Row50UmaTest} tests the features that UMA gained for this commit.
 */
class Row50MbufTest {

    private final Network network = new Network();

    @AfterEach
    void stop() {
        try {
            network.lostNothing();
        } finally {
            network.close();
        }
    }

    @Test
    void eachKindOfBufferIsAZone() {
        assertThat(network.kernel.runtime().zones())
                .filteredOn(zone -> zone.name().startsWith("mbuf"))
                .extracting(ZoneStats::name, ZoneStats::size, ZoneStats::limit)
                .containsExactlyInAnyOrder(
                        zone("mbuf", 256, 0),
                        zone("mbuf_cluster", 2048, 25600),
                        zone("mbuf_packet", 256, 0),
                        zone("mbuf_jumbo_page", 4096, 12800),
                        zone("mbuf_jumbo_9k", 9216, 6400),
                        zone("mbuf_jumbo_16k", 16384, 3200),
                        zone("mbuf_ext_refcnt", 4, 0));
    }

    @Test
    void aFreedPacketIsFoundAgainWithItsCluster() {
        Mbuf packet = network.mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        assertThat(packet.extType()).isEqualTo(MbufFlags.EXT_PACKET);
        long clusters = network.zone("mbuf_cluster").requests();
        network.mbufs.freem(packet);
        for (int i = 0; i < 100; i++) {
            network.mbufs.freem(network.mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR));
        }
        assertThat(network.zone("mbuf_cluster").requests())
                .as("no cluster more")
                .isEqualTo(clusters);
        assertThat(network.zone("mbuf_packet").requests()).isEqualTo(101);
    }

    @Test
    void reclaimReturnsTheClustersOfCachedPackets() {
        network.mbufs.freem(network.mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR));
        assertThat(network.zone("mbuf_cluster").used()).isPositive();
        network.kernel.zones().reclaim();
        assertThat(network.zone("mbuf_cluster").used()).isZero();
    }

    private static Tuple zone(String name, long size, long limit) {
        return tuple(name, size, limit);
    }
}
