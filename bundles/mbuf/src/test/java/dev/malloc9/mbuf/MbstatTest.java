package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.kernel.DriverKnobs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MbstatTest {

    private final Network network = new Network();
    private final Mbufs mbufs = network.mbufs;

    @BeforeEach
    void declare() {
        DriverKnobs knobs = network.kernel.knobs(name -> null);
        for (DriverKnob knob : mbufs.knobs()) {
            assertThat(knobs.add(knob)).isTrue();
        }
    }

    @AfterEach
    void loseNothing() {
        try {
            network.lostNothing();
        } finally {
            network.close();
        }
    }

    /** The expected bytes are little-endian, as on amd64. */
    @Test
    void mbstatOfAFreshSystemHasTheExpectedBytes() {
        assertThat(HexFormat.of()
                        .formatHex(toLittleEndian(network.kernel.sysctl().read("kern.ipc.mbstat"))))
                .isEqualTo("0000000000000000" + "0000000000000000"
                        + "0000000000000000" + "0000000000000000" + "0000000000000000"
                        + "0001000000000000" + "0008000000000000" + "a900000000000000"
                        + "d800000000000000" + "a800000000000000"
                        + "1000" + "000000000000"
                        + "0000000000000000" + "0000000000000000" + "0000000000000000");
    }

    @Test
    void knobHasFreeBsdsNameAndFormat() {
        Knob knob = network.kernel.sysctl().knob("kern.ipc.mbstat");
        assertThat(knob.format()).isEqualTo("S,mbstat");
        assertThat(knob.description()).isEqualTo("Mbuf general information and statistics");
        assertThat(knob.isWritable()).isFalse();
        assertThat(network.kernel.sysctl().readText("kern.ipc.mbstat"))
                .isEqualTo("Format:S,mbstat Length:112 Dump:0x00000000000000000000000000000000...");
    }

    @Test
    void mbstatCountsUseFailuresAndDrains() {
        mbufs.limits().knobs().getFirst().tune(2);
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        Mbuf cached = mbufs.getcl(M_WAITOK, MT_DATA, 0);
        assertThat(longs(0, 2)).containsExactly(2, 2);
        packet.length(2048);
        packet.packetLength(2048);
        assertThat(network.chains.dup(packet, M_NOWAIT)).isNull();
        mbufs.drains().add(() -> {});
        mbufs.drains().vmLowmem();
        mbufs.drains().vmLowmem();
        mbufs.free(cached);
        Mbuf plain = requireNonNull(mbufs.get(M_NOWAIT, MT_DATA));
        assertThat(longs(0, 5)).containsExactly(2, 1, 2, 1, 0);
        mbufs.free(plain);
        mbufs.free(packet);
        assertThat(longs(0, 2)).containsExactly(0, 0);
    }

    private long[] longs(int from, int count) {
        ByteBuffer mbstat =
                ByteBuffer.wrap(network.kernel.sysctl().read("kern.ipc.mbstat")).order(ByteOrder.nativeOrder());
        long[] longs = new long[count];
        for (int i = 0; i < count; i++) {
            longs[i] = mbstat.getLong((from + i) * Long.BYTES);
        }
        return longs;
    }

    /** Converts the structure from the byte order of this machine to little-endian. */
    private static byte[] toLittleEndian(byte[] mbstat) {
        ByteBuffer host = ByteBuffer.wrap(mbstat).order(ByteOrder.nativeOrder());
        ByteBuffer little = ByteBuffer.allocate(mbstat.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int offset = 0; offset < mbstat.length; offset += Long.BYTES) {
            if (offset == 80) {
                little.putShort(offset, host.getShort(offset));
            } else {
                little.putLong(offset, host.getLong(offset));
            }
        }
        return little.array();
    }
}
