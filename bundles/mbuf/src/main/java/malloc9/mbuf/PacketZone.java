package malloc9.mbuf;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import malloc9.api.zone.RawZone;
import malloc9.api.zone.SecondaryRequest;
import malloc9.api.zone.Zone;
import malloc9.api.zone.Zones;
import malloc9.mbuf.Storage.Packet;
import org.jspecify.annotations.Nullable;

/**
 * The packet zone: mbufs that keep their cluster while they are cached (mbuf_packet, zone_pack).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: an item's {@link Packet}, which refers to the cluster, is made with it and found by its address.
 *   <li>Concurrency: items come and go in the zone's init and fini. Who needs a cluster says so in {@code scarce} before it looks whether there
 *       are any, and drains this zone if there are none; who gives a packet back looks there afterwards. A drain stops
 *       all threads for an instant, so it finds the packet, or its thread finds {@code scarce}.
 *   <li>Invariants: a packet belongs to one item from zinit to zfini.
 *   <li>Cost: a packet is one item of a zone without constructor: m_getcl and m_freem are a zalloc and a zfree, by address,
 *       since the item's memory is not used.
 *   <li>Differs from BSD: mbuf and cluster stay together until the last reference to the cluster is gone, while BSD lets
 *       the mbuf go to the mbuf zone and makes the mbuf of the last reference the packet.
 * </ul>
 */
final class PacketZone {

    private static final int ENOMEM = 12;

    private final Mbufs home;
    private final Zone clusters;
    private final Zone zone;
    private final RawZone raw;
    private final PacketTable packets = new PacketTable();

    /** Requests for a cluster that may have to wait. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Whether clusters may be short, so that those of cached packets are needed. */
    private volatile boolean scarce;

    PacketZone(Mbufs home, Zones zones, Zone mbufs, Zone clusters) {
        this.home = home;
        this.clusters = clusters;
        this.zone = zones.zsecondCreate(SecondaryRequest.of("mbuf_packet").with(this::attach, this::detach), mbufs);
        this.raw = zone.raw();
    }

    Zone zone() {
        return zone;
    }

    /** Packets that are not in use, near the truth. */
    long cached() {
        return packets.size() - zone.getCur();
    }

    /** A packet; null only with M_NOWAIT. */
    @Nullable
    Packet take(long how) {
        long address = raw.zalloc(how);
        if (address == 0) {
            return null;
        }
        Packet packet = packets.at(address);
        return packet == null ? lost() : packet;
    }

    /** Takes a packet back; when clusters are exhausted, those of cached packets are given to others. */
    void give(Packet packet) {
        raw.zfree(packet.item);
        if (scarce) {
            relieve();
        }
    }

    /** A cluster, if need be that of a cached packet; null only with M_NOWAIT. */
    @Nullable
    MemorySegment cluster(long how) {
        if (how != M_WAITOK) {
            MemorySegment cluster = clusters.zalloc(how);
            if (cluster == null) {
                scarce = true;
            }
            return cluster;
        }
        waiting.incrementAndGet();
        scarce = true;
        try {
            if (clusters.exhausted()) {
                zone.drain();
            }
            return clusters.zalloc(M_WAITOK);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void relieve() {
        if (clusters.exhausted()) {
            zone.drain();
        } else if (waiting.get() == 0) {
            scarce = false;
            if (waiting.get() != 0) {
                scarce = true;
            }
        }
    }

    private static Packet lost() {
        throw new IllegalStateException(Messages.DETACHED);
    }

    private int attach(MemorySegment item, long how) {
        MemorySegment cluster = cluster(how);
        if (cluster == null) {
            return ENOMEM;
        }
        long address = item.address();
        packets.put(address, new Packet(home, cluster, this, address, clusters.findRefcnt(cluster)));
        return 0;
    }

    private void detach(MemorySegment item) {
        Packet packet = packets.remove(item.address());
        if (packet != null) {
            clusters.zfree(packet.memory);
        }
    }
}
