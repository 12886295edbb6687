package malloc9.mbuf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
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
 *   <li>Layout: the first four bytes of an item are the number of its {@link Packet}, which refers to the cluster; no data lie there.
 *   <li>Concurrency: items come and go in the zone's init and fini, under this object's lock; who has an item reads its number
 *       and the table without.
 *   <li>Invariants: a number belongs to one item from zinit to zfini.
 *   <li>Cost: a packet is one item of a zone without constructor: m_getcl and m_freem are a zalloc and a zfree.
 *   <li>Differs from BSD: mbuf and cluster stay together until the last reference to the cluster is gone, while BSD lets
 *       the mbuf go to the mbuf zone and makes the mbuf of the last reference the packet.
 * </ul>
 */
final class PacketZone {

    private static final int ENOMEM = 12;

    private final Zone clusters;
    private final Zone zone;
    private final ArrayDeque<Integer> unused = new ArrayDeque<>();
    private int numbers;

    /** By number; replaced when it grows, under this. */
    private volatile @Nullable Packet[] packets = new Packet[64];

    PacketZone(Zones zones, Zone mbufs, Zone clusters) {
        this.clusters = clusters;
        this.zone = zones.zsecondCreate(SecondaryRequest.of("mbuf_packet").with(this::attach, this::detach), mbufs);
    }

    Zone zone() {
        return zone;
    }

    /** A packet; null only with M_NOWAIT. */
    @Nullable
    Packet take(long how) {
        MemorySegment item = Mbufs.item(zone, how);
        if (item == null) {
            return null;
        }
        Packet packet = packets[item.get(ValueLayout.JAVA_INT, 0)];
        if (packet == null) {
            throw new IllegalStateException(Messages.DETACHED);
        }
        packet.item = item;
        return packet;
    }

    /** Takes a packet back; when clusters are exhausted, cached ones are given to those who wait for them. */
    void give(@Nullable MemorySegment item) {
        zone.zfree(item);
        if (clusters.exhausted()) {
            zone.drain();
        }
    }

    private int attach(MemorySegment item, long how) {
        MemorySegment cluster = clusters.zalloc(how);
        if (cluster == null) {
            return ENOMEM;
        }
        item.set(ValueLayout.JAVA_INT, 0, add(new Packet(cluster, this, clusters.findRefcnt(cluster))));
        return 0;
    }

    private void detach(MemorySegment item) {
        Packet packet = remove(item.get(ValueLayout.JAVA_INT, 0));
        if (packet != null) {
            clusters.zfree(packet.memory);
        }
    }

    private synchronized int add(Packet packet) {
        Integer free = unused.poll();
        int number = free == null ? numbers++ : free;
        @Nullable Packet[] table = packets;
        if (number == table.length) {
            table = Arrays.copyOf(table, 2 * number);
        }
        table[number] = packet;
        packets = table;
        return number;
    }

    private synchronized @Nullable Packet remove(int number) {
        @Nullable Packet[] table = packets;
        Packet packet = table[number];
        table[number] = null;
        packets = table;
        unused.add(number);
        return packet;
    }
}
