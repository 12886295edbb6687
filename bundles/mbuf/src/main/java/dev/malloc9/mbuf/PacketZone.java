package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.zone.RawZone;
import dev.malloc9.api.zone.SecondaryRequest;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.mbuf.Storage.Packet;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The packet zone: mbufs that keep their cluster while they are cached (mbuf_packet, zone_pack).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the {@link Packet} of an item refers to the cluster. It is created with the item and is found by the item's address.
 *   <li>Concurrency: items are created and released in the zone's init and fini. A request that may wait for a cluster first sets {@code
 *       scarce}. It then drains this zone if no clusters are left. A thread that frees a packet reads {@code scarce} afterwards. A drain
 *       runs a handshake with all threads. Therefore either the drain finds the freed packet, or the thread that freed it finds {@code
 *       scarce}.
 *   <li>Invariants: a packet belongs to one item from zinit to zfini.
 *   <li>Cost: a packet is one item of a zone without constructor. m_getcl and m_freem are one zalloc and one zfree by address, since
 *       the item's memory is not used.
 *   <li>Differs from BSD: mbuf and cluster stay together until the last reference to the cluster is dropped. BSD frees the mbuf to
 *       the mbuf zone, and makes the mbuf of the last reference the packet.
 * </ul>
 */
final class PacketZone {

    private static final int ENOMEM = 12;

    private final Mbufs home;
    private final Zone clusters;
    private final Zone zone;
    private final RawZone raw;
    private final PacketTable packets = new PacketTable();

    /** The number of requests for a cluster that may have to wait. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** True if clusters may be exhausted, so that the clusters of cached packets are needed. */
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

    /** Returns the approximate number of packets that are not in use. */
    long cached() {
        return packets.size() - zone.getCur();
    }

    /**
     * Allocates a packet. Returns null only with M_NOWAIT.
     *
     * @throws dev.malloc9.api.zone.ZoneDestroyed if the service was closed
     * @throws IllegalStateException if the item's packet was released, since the service is being closed
     */
    @Nullable
    Packet take(long how) {
        long address = raw.zalloc(how);
        if (address == 0) {
            return null;
        }
        Packet packet = packets.at(address);
        return packet == null ? lost() : packet;
    }

    /** Frees a packet. If clusters are exhausted, drains this zone, so that other requests get the clusters of cached packets. */
    void give(Packet packet) {
        raw.zfree(packet.item);
        if (scarce) {
            relieve();
        }
    }

    /** Allocates a cluster. A request that may wait takes the clusters of cached packets if necessary. Returns null only with M_NOWAIT. */
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
