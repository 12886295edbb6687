package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.RefCount;
import dev.malloc9.api.zone.SecondaryRequest;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Row 50, 2004-05-31, bmilekic: the features of UMA that mbufs need. These are kegs that several zones share, items with reference counts,
 * a limit on clusters, and a secondary zone of packets. A packet is an mbuf with a cluster that it keeps while it is cached.
 */
class Row50UmaTest {

    private final Subsystem kernel = new Subsystem();

    @BeforeEach
    void load() {
        kernel.load("mbuma", M_A);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aPacketIsAnMbufThatKeepsItsCluster() {
        Zone mbuf = kernel.zones().zcreate(ZoneRequest.of("mbuf", 256, M_A).withAlign(255));
        Zone cluster =
                kernel.zones().zcreate(ZoneRequest.of("mbuf_cluster", 2048, M_A).withFlags(UMA_ZONE_REFCNT));
        Zone packet = kernel.zones()
                .zsecondCreate(
                        SecondaryRequest.of("mbuf_packet")
                                .with(
                                        (item, flags) -> {
                                            MemorySegment data = cluster.zalloc(flags);
                                            if (data == null) {
                                                return 12;
                                            }
                                            item.set(ValueLayout.JAVA_LONG, 0, data.address());
                                            cluster.findRefcnt(data).set(1);
                                            return 0;
                                        },
                                        item -> cluster.raw().zfree(item.get(ValueLayout.JAVA_LONG, 0))),
                        mbuf);
        MemorySegment first = packet.zalloc(M_WAITOK);
        long data = first.get(ValueLayout.JAVA_LONG, 0);
        packet.zfree(first);
        assertThat(packet.zalloc(M_WAITOK).get(ValueLayout.JAVA_LONG, 0))
                .as("its cluster")
                .isEqualTo(data);
        packet.zfree(first);
        assertThat(cluster.getCur()).isEqualTo(stats("mbuf_packet").free());
        packet.drain();
        assertThat(cluster.getCur()).isZero();
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void refcountOfANewClusterIsZero() {
        Zone cluster =
                kernel.zones().zcreate(ZoneRequest.of("mbuf_cluster", 2048, M_A).withFlags(UMA_ZONE_REFCNT));
        MemorySegment item = cluster.zalloc(M_WAITOK);
        RefCount count = cluster.findRefcnt(item);
        assertThat(count.get()).isZero();
        assertThat(count.add(1)).isEqualTo(1);
        assertThat(cluster.findRefcnt(item).add(1)).isEqualTo(2);
    }

    @Test
    void clusterLimitIsRoundedUpToWholeSlabs() {
        Zone cluster =
                kernel.zones().zcreate(ZoneRequest.of("mbuf_cluster", 2048, M_A).withFlags(UMA_ZONE_REFCNT));
        assertThat(cluster.setMax(25)).as("2 a slab").isEqualTo(26);
        List<MemorySegment> items = new ArrayList<>();
        for (MemorySegment item = cluster.zalloc(M_NOWAIT); item != null; item = cluster.zalloc(M_NOWAIT)) {
            items.add(item);
        }
        assertThat(items).hasSize(26);
        assertThat(stats("mbuf_cluster").limit()).isEqualTo(26);
        assertThat(stats("mbuf_cluster").failures()).isEqualTo(1);
        assertThat(cluster.setMax(0)).as("0 is unlimited").isZero();
        assertThat(cluster.zalloc(M_NOWAIT)).isNotNull();
    }

    private ZoneStats stats(String name) {
        return kernel.subsystem.statistics().zoneStats().stream()
                .filter(zone -> zone.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
