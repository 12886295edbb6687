package dev.malloc9.samples.ether;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngReaderTest {

    /** The offset of the first packet: a section header of 40 bytes and an interface of 32 bytes. */
    private static final int FIRST_PACKET = 72;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsBothByteOrders(boolean bigEndian) {
        byte[] capture = oneInterface(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .frame(0, 1, bytes(60, 1))
                .frame(0, 2, bytes(1513, 2))
                .frame(0, 3, bytes(0, 3))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(60, 1), bytes(1513, 2), bytes(0, 3));
    }

    @Test
    void readsSectionsWithTheirOwnByteOrder() {
        PcapngWriter writer = oneInterface(ByteOrder.LITTLE_ENDIAN)
                .ethernet(0)
                .frame(1, 1, bytes(60, 1))
                .section(ByteOrder.BIG_ENDIAN)
                .ethernet(0)
                .frame(0, 2, bytes(61, 2));
        assertThat(frames(writer.bytes())).containsExactly(bytes(60, 1), bytes(61, 2));
        int next = writer.bytes().length;
        refuses(
                writer.frame(1, 3, bytes(62, 3)).bytes(),
                "offset " + (next + 8) + ": interface 1 is not one of the 1 described");
    }

    @Test
    void readsShortPacketsUpToTheFirstInterfacesSnaplen() {
        byte[] capture = new PcapngWriter()
                .section(ByteOrder.BIG_ENDIAN)
                .ethernet(10)
                .ethernet(0)
                .shortFrame(1514, bytes(10, 1))
                .shortFrame(9, bytes(9, 2))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(10, 1), bytes(9, 2));
    }

    @Test
    void readsTheOlderFormOfPackets() {
        byte[] capture = oneInterface(ByteOrder.LITTLE_ENDIAN)
                .olderFrame(0, bytes(61, 1))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(61, 1));
    }

    @Test
    void skipsBlocksOfOtherTypesAndEmptyBlocks() {
        byte[] capture = oneInterface(ByteOrder.BIG_ENDIAN)
                .block(5, new int[50_000])
                .frame(0, 1, bytes(60, 1))
                .block(0x4000_0bad)
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(60, 1));
    }

    @Test
    void readsVersion1Dot2AndRefusesOtherVersions() {
        assertThat(frames(new PcapngWriter().section(ByteOrder.BIG_ENDIAN, 1, 2).bytes()))
                .isEmpty();
        refuses(new PcapngWriter().section(ByteOrder.BIG_ENDIAN, 2, 0).bytes(), "offset 12: version 2.0 is not 1.0");
        refuses(new PcapngWriter().section(ByteOrder.BIG_ENDIAN, 1, 1).bytes(), "offset 12: version 1.1 is not 1.0");
    }

    @Test
    void refusesAnotherByteOrderMagic() {
        byte[] capture = oneInterface(ByteOrder.BIG_ENDIAN).bytes();
        capture[8] = 0;
        refuses(capture, "offset 8: byte-order magic 0x002b3c4d is not 0x1a2b3c4d in either order");
    }

    @Test
    void refusesOtherLinkTypes() {
        refuses(
                new PcapngWriter()
                        .section(ByteOrder.LITTLE_ENDIAN)
                        .described(113, 0)
                        .bytes(),
                "offset 48: link type 113 is not Ethernet (1)");
    }

    @Test
    void refusesPacketsBeforeTheirInterface() {
        PcapngWriter writer = new PcapngWriter().section(ByteOrder.BIG_ENDIAN);
        refuses(writer.shortFrame(4, bytes(4, 1)).bytes(), "offset 48: interface 0 is not one of the 0 described");
        refuses(
                oneInterface(ByteOrder.BIG_ENDIAN).frame(-1, 1, bytes(60, 1)).bytes(),
                "offset 80: interface 4294967295 is not one of the 1 described");
    }

    /** If the file ends inside a block, the message names that block. If it ends between two blocks, the file is valid. */
    @Test
    void refusesEveryFileThatEndsInsideABlock() {
        byte[] whole = oneInterface(ByteOrder.LITTLE_ENDIAN)
                .frame(0, 1, bytes(60, 1))
                .block(7, 1, 2)
                .bytes();
        List<Integer> starts = List.of(0, 40, FIRST_PACKET, FIRST_PACKET + 104, whole.length);
        for (int length = Integer.BYTES; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (starts.contains(length)) {
                assertThat(frames(cut)).hasSize(length > FIRST_PACKET ? 1 : 0);
            } else {
                int end = length;
                int start = starts.stream().filter(at -> at < end).reduce(0, Integer::max);
                assertThatExceptionOfType(BadCapture.class)
                        .isThrownBy(() -> frames(cut))
                        .withMessageStartingWith("capture bad.pcapng, offset " + start + ": truncated: "
                                + (length - start) + " of the ");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "104,        100, 172, block length 100 at its end is not the 104 at its start",
        "102,        102,  76, block length 102 is not a multiple of 4",
        "0,          104,  76, block length 0 is below the 12 of a block of its type",
        "28,         104,  76, block length 28 is below the 32 of a block of its type",
        "32,         104,  92, captured length 60 is above the 0 bytes left in the block",
        "4294967292, 104,  72, truncated: 104 of the 4294967292 bytes of a block",
    })
    void refusesALyingLengthOfABlock(long atStart, int atEnd, int offset, String text) {
        byte[] capture =
                oneInterface(ByteOrder.BIG_ENDIAN).frame(0, 1, bytes(60, 1)).bytes();
        ByteBuffer.wrap(capture).putInt(FIRST_PACKET + 4, (int) atStart).putInt(FIRST_PACKET + 100, atEnd);
        refuses(capture, "offset " + offset + ": " + text);
    }

    @Test
    void refusesALyingLengthOfASection() {
        byte[] capture = oneInterface(ByteOrder.LITTLE_ENDIAN).bytes();
        ByteBuffer.wrap(capture).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 24);
        refuses(capture, "offset 4: block length 24 is below the 28 of a block of its type");
    }

    @ParameterizedTest
    @CsvSource({
        "73,         captured length 73 is above the 72 bytes left in the block",
        "4294967295, captured length 4294967295 is above the 72 bytes left in the block",
    })
    void refusesACapturedLengthAboveTheBlock(long captured, String text) {
        refuses(
                oneInterface(ByteOrder.LITTLE_ENDIAN)
                        .frame(0, 1, (int) captured, bytes(60, 1))
                        .bytes(),
                "offset 92: " + text);
    }

    @Test
    void refusesAShortPacketAboveTheBlock() {
        refuses(
                oneInterface(ByteOrder.BIG_ENDIAN).shortFrame(61, bytes(60, 1)).bytes(),
                "offset 80: captured length 61 is above the 60 bytes left in the block");
    }

    @Test
    void refusesAFrameAbove256KiB() {
        byte[] longest = bytes(Capture.MAX_FRAME_BYTES, 1);
        assertThat(frames(
                        oneInterface(ByteOrder.BIG_ENDIAN).frame(0, 1, longest).bytes()))
                .containsExactly(longest);
        refuses(
                oneInterface(ByteOrder.BIG_ENDIAN)
                        .frame(0, 1, bytes(Capture.MAX_FRAME_BYTES + 1, 1))
                        .bytes(),
                "offset 92: frame length 262145 is above the limit of 262144");
    }

    private static PcapngWriter oneInterface(ByteOrder order) {
        return new PcapngWriter().section(order).ethernet(0);
    }

    private static void refuses(byte[] capture, String text) {
        assertThatExceptionOfType(BadCapture.class)
                .isThrownBy(() -> frames(capture))
                .withMessage("capture bad.pcapng, " + text);
    }

    private static List<byte[]> frames(byte[] capture) {
        List<byte[]> frames = new ArrayList<>();
        try (Capture reader = Capture.of("bad.pcapng", new ByteArrayInputStream(capture))) {
            while (reader.next()) {
                byte[] frame = new byte[reader.frameLength()];
                reader.copyFrameTo(MemorySegment.ofArray(frame));
                frames.add(frame);
            }
        }
        return frames;
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
