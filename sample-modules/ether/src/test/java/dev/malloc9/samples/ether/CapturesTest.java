package dev.malloc9.samples.ether;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.mbuf.Mbufs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@code ether:replay} with captures of other programs: truncated, with several interfaces, or in older formats. */
final class CapturesTest {

    private static final byte[] FRAME = new byte[42];

    private final Kernel kernel = Kernel.boot();
    private final Mbufs mbufs = new Mbufs(kernel.zones(), kernel.malloc(), 384);
    private final EtherDriver driver = new EtherDriver(mbufs, kernel.malloc());
    private final PrintStream console = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(console);
        driver.detach();
        mbufs.close();
        kernel.close();
    }

    @ParameterizedTest
    @CsvSource({
        "good.pcap, 3",
        "good.pcapng, 3",
        "snaplen-small.pcap, 3",
        "modified.pcap, 3",
        "multi-if.pcapng, 3",
        "multi-if-both.pcapng, 2"
    })
    void wholeCapturesAreCounted(String name, int frames) throws URISyntaxException {
        Counts counts = driver.replay(file(name));
        assertThat(counts.frames()).isEqualTo(frames);
        assertThat(counts.bytes()).isEqualTo(frames * 42L);
        assertThat(counts.protocols()).containsEntry(Protocol.UDP, (long) frames);
    }

    @ParameterizedTest
    @CsvSource({
        "trunc-frame.pcap, 'offset 214: truncated: 32 of the 42 bytes of a frame'",
        "trunc-header.pcap, 'offset 198: truncated: 7 of the 16 bytes of a frame''s header'",
        "trunc-block.pcapng, 'offset 276: truncated: 61 of the 76 bytes of a block'",
        "trunc-head.pcapng, 'offset 276: truncated: 5 of the 8 bytes of a block''s header'"
    })
    void cutCaptureShowsItsWholeFramesAndThenFails(String name, String error) throws URISyntaxException {
        String file = file(name);
        BadCapture failed = catchThrowableOfType(BadCapture.class, () -> driver.replay(file));
        assertThat(failed).hasMessage("capture " + file + ", " + error);
        assertThat(requireNonNull(failed.before()).frames()).isEqualTo(3);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("frames          3\nbytes         126\n")
                .contains("UDP             3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no capture at all"})
    void fileWithoutFramesShowsNoCounts(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), content);
        BadCapture failed = catchThrowableOfType(BadCapture.class, () -> driver.replay(file.toString()));
        assertThat(failed.before()).isNull();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"multi-if.pcapng, 0", "multi-if-both.pcapng, 1"})
    void interfacesThatAreNotEthernetAreNamed(String name, int skipped) throws URISyntaxException {
        assertThat(driver.replay(file(name)).toString().lines())
                .endsWith("skipped interface 1: link type 113 is not Ethernet (1), frames: " + skipped);
    }

    /** The second of two sections has two interfaces, and the first of them is not Ethernet. The section has all three kinds of packets. */
    @Test
    void foreignInterfacesOfEachSectionAreSkipped() throws Exception {
        byte[] capture = new PcapngWriter()
                .section(ByteOrder.BIG_ENDIAN)
                .ethernet(0)
                .frame(0, 1, FRAME)
                .section(ByteOrder.LITTLE_ENDIAN)
                .described(113, 0)
                .ethernet(20)
                .frame(0, 2, FRAME)
                .frame(1, 3, FRAME)
                .olderFrame(0, FRAME)
                .shortFrame(42, FRAME)
                .bytes();
        Counts counts = driver.replay(
                Files.write(folder.resolve("sections.pcapng"), capture).toString());
        assertThat(counts.frames()).isEqualTo(2);
        assertThat(counts.skipped())
                .containsExactly("skipped interface 0 of section 2: link type 113 is not Ethernet (1), frames: 3");
    }

    @Test
    void cutCaptureNamesItsForeignInterfacesToo() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(file("multi-if-both.pcapng")));
        Path cut = Files.write(folder.resolve("cut.pcapng"), Arrays.copyOf(whole, whole.length - 1));
        assertThat(catchThrowableOfType(BadCapture.class, () -> driver.replay(cut.toString())))
                .hasMessageContaining("truncated");
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("frames          1", "skipped interface 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BIG_ENDIAN", "LITTLE_ENDIAN"})
    void modifiedFormatIsReadInBothByteOrders(String order) throws Exception {
        byte[] capture = new PcapWriter(
                        order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                        PcapReader.MAGIC_MODIFIED,
                        65_535,
                        Capture.ETHERNET)
                .modifiedFrame(1, FRAME)
                .modifiedFrame(2, FRAME)
                .bytes();
        Path file = Files.write(folder.resolve("modified.pcap"), capture);
        assertThat(driver.replay(file.toString()).frames()).isEqualTo(2);
        Files.write(file, Arrays.copyOf(capture, 24 + 66 + 20));
        assertThat(catchThrowableOfType(BadCapture.class, () -> driver.replay(file.toString())))
                .hasMessageEndingWith("offset 90: truncated: 20 of the 24 bytes of a frame's header");
    }

    private static String file(String name) throws URISyntaxException {
        return Path.of(requireNonNull(CapturesTest.class.getResource(name)).toURI())
                .toString();
    }
}
