package dev.malloc9.mbuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.zone.RefCount;
import dev.malloc9.mbuf.Storage.Packet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PacketTableTest {

    private static final long UNIT = 1 << 16;
    private static final RefCount ONE = new RefCount() {
        @Override
        public long get() {
            return 1;
        }

        @Override
        public void set(long count) {}

        @Override
        public long add(long delta) {
            return 1;
        }
    };

    private final Network network = new Network();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(2048);
    private final PacketTable table = new PacketTable();

    @AfterEach
    void close() {
        arena.close();
        network.close();
    }

    @Test
    void aPacketIsFoundByItsAddressUntilItIsRemoved() {
        Packet packet = packet(7 * UNIT + 256);
        table.put(7 * UNIT + 256, packet);
        assertThat(table.at(7 * UNIT + 256)).isSameAs(packet);
        assertThat(table.at(7 * UNIT)).isNull();
        assertThat(table.at(8 * UNIT + 256)).isNull();
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.remove(7 * UNIT + 256)).isSameAs(packet);
        assertThat(table.remove(7 * UNIT + 256)).isNull();
        assertThat(table.at(7 * UNIT + 256)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void addressesThatMeetAreToldApart() {
        Packet near = packet(UNIT);
        Packet far = packet(UNIT + (UNIT << 18));
        table.put(UNIT, near);
        table.put(UNIT + (UNIT << 18), far);
        assertThat(table.at(UNIT)).isSameAs(near);
        assertThat(table.at(UNIT + (UNIT << 18))).isSameAs(far);
    }

    @Test
    void packetTableEqualsAMap() {
        Random random = new Random(20040531);
        Map<Long, Packet> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            long address = (random.nextInt(2000) * UNIT) + random.nextInt(4) * 256L;
            if (model.containsKey(address)) {
                assertThat(table.remove(address)).isSameAs(model.remove(address));
            } else {
                Packet packet = packet(address);
                model.put(address, packet);
                table.put(address, packet);
            }
        }
        assertThat(table.size()).isEqualTo(model.size()).isPositive();
        model.forEach((address, packet) -> assertThat(table.at(address)).isSameAs(packet));
    }

    private Packet packet(long address) {
        return new Packet(network.mbufs, memory, network.mbufs.packets, address, ONE);
    }
}
