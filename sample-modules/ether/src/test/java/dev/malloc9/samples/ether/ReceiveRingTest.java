package dev.malloc9.samples.ether;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.mbuf.Mbuf;
import dev.malloc9.mbuf.MbufFlags;
import dev.malloc9.mbuf.Mbufs;
import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReceiveRingTest {

    private final Kernel kernel = Kernel.boot();
    private final Mbufs mbufs = new Mbufs(kernel.zones(), kernel.malloc(), 384);
    private final ReceiveRing ring = new ReceiveRing(mbufs, kernel.malloc(), EtherDriver.M_ETHER);

    @AfterEach
    void leavesNothing() {
        try {
            ring.close();
            kernel.zones().reclaim();
            assertThat(kernel.runtime().zones())
                    .filteredOn(zone -> zone.name().startsWith("mbuf"))
                    .hasSize(7)
                    .allMatch(zone -> zone.used() == 0, "nothing in use");
            assertThat(kernel.runtime().types())
                    .filteredOn(type -> type.name().equals("ether"))
                    .allMatch(type -> type.bytesInUse() == 0, "nothing in use");
            assertThat(kernel.runtime().panics()).isEmpty();
        } finally {
            mbufs.close();
            kernel.close();
        }
    }

    /** The consumer reads each of 10,240 frames at the address to which the device wrote it. */
    @Test
    void aFrameIsReadWhereTheDeviceWroteIt() {
        FrameCounter counter = new FrameCounter();
        int[] slot = {0};
        try (Capture capture = shipped()) {
            while (capture.next()) {
                ring.receive(capture, frame -> {
                    Mbuf packet = requireNonNull(ring.packet(slot[0]));
                    assertThat(frame.address()).isEqualTo(ring.descriptors().address(slot[0]));
                    assertThat(frame.address()).isEqualTo(packet.mtod().address());
                    assertThat(frame.byteSize()).isEqualTo(ring.descriptors().length(slot[0]));
                    assertThat(packet.packetLength()).isEqualTo((int) frame.byteSize());
                    assertThat(packet.extType()).isEqualTo(MbufFlags.EXT_PACKET);
                    counter.count(frame);
                });
                slot[0] = (slot[0] + 1) % ReceiveRing.SLOTS;
            }
        }
        assertThat(counter.counts(List.of())).isEqualTo(onTheHeap());
        assertThat(packets().requests()).as("one packet a frame").isEqualTo(10_240);
        assertThat(packets().used()).as("the last ones").isEqualTo(256);
    }

    @Test
    void anOldFrameIsNotReadAnyMore() {
        List<MemorySegment> frames = new ArrayList<>();
        try (Capture capture = shipped()) {
            while (capture.next() && frames.size() < ReceiveRing.SLOTS + 1) {
                ring.receive(capture, frames::add);
            }
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> frames.getFirst().get(ValueLayout.JAVA_BYTE, 0))
                .withMessage("Already closed");
        assertThat(frames.get(1).scope().isAlive()).isTrue();
        ring.drain();
        assertThat(frames).noneMatch(frame -> frame.scope().isAlive());
    }

    @ParameterizedTest
    @CsvSource({"0, 6", "2048, 6", "2049, 3", "4097, 4", "9217, 5", "16384, 5", "16385, 100", "262144, 100"})
    void frameOfEachLengthIsInOneSegment(int length, int extType) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        byte[] file = PcapWriter.ordinary().frame(0, bytes).bytes();
        List<byte[]> frames = new ArrayList<>();
        try (Capture capture = Capture.of("one.pcap", new ByteArrayInputStream(file))) {
            while (capture.next()) {
                ring.receive(capture, frame -> frames.add(frame.toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        assertThat(frames).containsExactly(bytes);
        assertThat(requireNonNull(ring.packet(0)).extType()).isEqualTo(extType);
    }

    @Test
    void aDetachedRingTakesNoMore() {
        ring.close();
        try (Capture capture = shipped()) {
            assertThat(capture.next()).isTrue();
            assertThatIllegalStateException()
                    .isThrownBy(() -> ring.receive(capture, frame -> {}))
                    .withMessage("ether was detached during the replay of traffic.pcap");
        }
    }

    private ZoneStats packets() {
        return kernel.runtime().zones().stream()
                .filter(zone -> zone.name().equals("mbuf_packet"))
                .findFirst()
                .orElseThrow();
    }

    private static Counts onTheHeap() {
        FrameCounter counter = new FrameCounter();
        try (Capture capture = shipped()) {
            while (capture.next()) {
                MemorySegment frame = MemorySegment.ofArray(new byte[capture.frameLength()]);
                capture.copyFrameTo(frame);
                counter.count(frame);
            }
        }
        return counter.counts(List.of());
    }

    private static Capture shipped() {
        return Capture.of(
                EtherDriver.SHIPPED_CAPTURE,
                requireNonNull(EtherDriver.class.getResourceAsStream(EtherDriver.SHIPPED_CAPTURE)));
    }
}
