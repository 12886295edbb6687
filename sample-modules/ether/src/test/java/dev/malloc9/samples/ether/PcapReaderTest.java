package dev.malloc9.samples.ether;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PcapReaderTest {

    @ParameterizedTest
    @CsvSource({
        "BIG_ENDIAN, a1b2c3d4",
        "BIG_ENDIAN, a1b23c4d",
        "LITTLE_ENDIAN, a1b2c3d4",
        "LITTLE_ENDIAN, a1b23c4d",
    })
    void readsBothByteOrdersWithMicroAndNanoseconds(String order, String magic) {
        ByteOrder byteOrder = order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] capture = new PcapWriter(byteOrder, Integer.parseUnsignedInt(magic, 16), 65_535, Capture.ETHERNET)
                .frame(1, bytes(60, 1))
                .frame(2, bytes(1514, 2))
                .frame(3, bytes(0, 3))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(60, 1), bytes(1514, 2), bytes(0, 3));
    }

    @Test
    void readsFramesLongerThanItsFirstBuffer() {
        byte[] capture = PcapWriter.ordinary()
                .frame(1, bytes(100_000, 1))
                .frame(2, bytes(Capture.MAX_FRAME_BYTES, 2))
                .frame(3, bytes(60, 3))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(100_000, 1), bytes(Capture.MAX_FRAME_BYTES, 2), bytes(60, 3));
    }

    @Test
    void readsAFileWithoutFrames() {
        assertThat(frames(PcapWriter.ordinary().bytes())).isEmpty();
    }

    @Test
    void readsEthernetThatSaysHowLongItsCheckSequenceIs() {
        int withCheckSequenceOf4 = 0x4400_0000 | Capture.ETHERNET;
        byte[] capture = new PcapWriter(ByteOrder.BIG_ENDIAN, PcapReader.MAGIC_MICROS, 65_535, withCheckSequenceOf4)
                .frame(1, bytes(64, 1))
                .bytes();
        assertThat(frames(capture)).hasSize(1);
    }

    @Test
    void refusesAnEmptyFile() {
        refuses(new byte[0], "capture bad.pcap, offset 0: the file is empty");
    }

    @Test
    void refusesAFileThatIsNoCapture() {
        refuses(
                "#!/bin/sh\necho this is no capture\n".getBytes(StandardCharsets.US_ASCII),
                "capture bad.pcap, offset 0: magic 0x23212f62 is not that of a pcap or pcapng file");
    }

    @Test
    void refusesAFileHeaderThatEndsEarly() {
        refuses(
                Arrays.copyOf(PcapWriter.ordinary().bytes(), 23),
                "capture bad.pcap, offset 0: truncated: 23 of the 24 bytes of the file's header");
        refuses(
                new byte[] {(byte) 0xd4},
                "capture bad.pcap, offset 0: truncated: 1 of the 24 bytes of the file's header");
    }

    @Test
    void refusesOtherVersions() {
        refuses(
                new PcapWriter(ByteOrder.BIG_ENDIAN, PcapReader.MAGIC_MICROS, 2, 2, 65_535, 1).bytes(),
                "capture bad.pcap, offset 4: version 2.2 is not 2.4");
        refuses(
                new PcapWriter(ByteOrder.BIG_ENDIAN, PcapReader.MAGIC_MICROS, 3, 4, 65_535, 1).bytes(),
                "capture bad.pcap, offset 4: version 3.4 is not 2.4");
    }

    @Test
    void refusesOtherLinkTypes() {
        refuses(
                new PcapWriter(ByteOrder.LITTLE_ENDIAN, PcapReader.MAGIC_NANOS, 65_535, 113).bytes(),
                "capture bad.pcap, offset 20: link type 113 is not Ethernet (1)");
    }

    @Test
    void refusesAFrameHeaderThatEndsEarly() {
        byte[] capture = oneFrameAndOf(60);
        refuses(
                Arrays.copyOf(capture, 24 + 76 + 15),
                "capture bad.pcap, offset 100: truncated: 15 of the 16 bytes of a frame's header");
    }

    @Test
    void refusesAFrameThatEndsEarly() {
        byte[] capture = oneFrameAndOf(60);
        refuses(
                Arrays.copyOf(capture, capture.length - 1),
                "capture bad.pcap, offset 116: truncated: 59 of the 60 bytes of a frame");
    }

    @Test
    void refusesANegativeLength() {
        refuses(oneFrameAndOf(-1), "capture bad.pcap, offset 108: frame length -1 is negative");
    }

    /** The first two snaplens are from real files with longer frames: 20 bytes, and 65,535 bytes under segmentation offload. */
    @ParameterizedTest
    @CsvSource({"20, 42", "65535, 65549", "96, 97"})
    void readsFramesAboveTheSnaplen(int snaplen, int length) {
        byte[] capture = new PcapWriter(ByteOrder.LITTLE_ENDIAN, PcapReader.MAGIC_MICROS, snaplen, Capture.ETHERNET)
                .frame(1, bytes(length, 1))
                .frame(2, bytes(60, 2))
                .bytes();
        assertThat(frames(capture)).containsExactly(bytes(length, 1), bytes(60, 2));
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "262145", "2147483647"})
    void refusesALengthAbove256KiBForEachSnaplen(int snaplen) {
        byte[] capture = new PcapWriter(ByteOrder.LITTLE_ENDIAN, PcapReader.MAGIC_MICROS, snaplen, Capture.ETHERNET)
                .frame(1, bytes(262_144, 1))
                .frame(2, 262_145, bytes(262_145, 2))
                .bytes();
        refuses(capture, "capture bad.pcap, offset 262192: frame length 262145 is above the limit of 262144");
    }

    @Test
    void namesAMissingFileAndWhereItWasLookedFor() {
        String absolute = Path.of("no-such.pcap").toAbsolutePath().toString();
        assertThatExceptionOfType(BadCapture.class)
                .isThrownBy(() -> Capture.open("no-such.pcap"))
                .withMessage("capture no-such.pcap: no such file (" + absolute + ")");
    }

    @Test
    void refusesADirectoryAndAnInvalidFileName(@TempDir Path directory) {
        assertThatExceptionOfType(BadCapture.class)
                .isThrownBy(() -> Capture.open(directory.toString()))
                .withMessage("capture " + directory + ": is a directory (" + directory + ")");
        assertThatExceptionOfType(BadCapture.class)
                .isThrownBy(() -> Capture.open("nul\0.pcap"))
                .withMessageContaining("not the name of a file");
    }

    @Test
    void opensAFileByName(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("one.pcap"), oneFrameAndOf(60));
        try (Capture reader = Capture.open(file.toString())) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.name()).isEqualTo(file.toString());
        }
    }

    @Test
    void saysWhereReadingFailed() {
        InputStream failing = new FilterInputStream(new ByteArrayInputStream(oneFrameAndOf(60))) {
            private int calls;

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                if (calls++ > 0) {
                    throw new IOException("the disk is gone");
                }
                return super.read(target, from, Math.min(length, 24));
            }
        };
        try (Capture reader = Capture.of("bad.pcap", failing)) {
            assertThatExceptionOfType(BadCapture.class)
                    .isThrownBy(reader::next)
                    .withMessage("capture bad.pcap, offset 24: cannot be read: java.io.IOException: the disk is gone")
                    .withCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void closesARefusedFile() {
        List<String> closed = new ArrayList<>();
        InputStream in = new ByteArrayInputStream(new byte[0]) {
            @Override
            public void close() {
                closed.add("closed");
            }
        };
        assertThatExceptionOfType(BadCapture.class).isThrownBy(() -> Capture.of("bad.pcap", in));
        assertThat(closed).containsExactly("closed");
    }

    private static void refuses(byte[] capture, String text) {
        assertThatExceptionOfType(BadCapture.class)
                .isThrownBy(() -> frames(capture))
                .withMessage(text);
    }

    private static List<byte[]> frames(byte[] capture) {
        List<byte[]> frames = new ArrayList<>();
        try (Capture reader = Capture.of("bad.pcap", new ByteArrayInputStream(capture))) {
            while (reader.next()) {
                byte[] frame = new byte[reader.frameLength()];
                reader.copyFrameTo(MemorySegment.ofArray(frame));
                frames.add(frame);
            }
        }
        return frames;
    }

    /** Returns a file with a valid frame of 60 bytes at offset 24, and a frame at offset 100 whose header contains the given length. */
    private static byte[] oneFrameAndOf(int length) {
        return PcapWriter.ordinary()
                .frame(1, bytes(60, 1))
                .frame(2, length, bytes(60, 2))
                .bytes();
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
