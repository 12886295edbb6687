package dev.malloc9.samples.ether;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class ShippedCaptureTest {

    @Test
    void equalsTheOutputOfTheGenerator() throws IOException {
        CaptureGenerator generator = new CaptureGenerator();
        assertThat(Arrays.equals(shipped(CaptureGenerator.CAPTURE), generator.capture()))
                .as("traffic.pcap is the generator's, byte for byte")
                .isTrue();
        assertThat(new String(shipped(CaptureGenerator.COUNTS), StandardCharsets.UTF_8))
                .isEqualTo(generator.counts());
    }

    @Test
    void replaysToTheCountsBesideIt() throws IOException {
        Properties beside = new Properties();
        try (InputStream in = resource(CaptureGenerator.COUNTS)) {
            beside.load(in);
        }
        Map<Protocol, Long> protocols = new EnumMap<>(Protocol.class);
        for (Protocol protocol : Protocol.values()) {
            protocols.put(protocol, number(beside, protocol.name().toLowerCase(Locale.ROOT)));
        }
        assertThat(count()).isEqualTo(new Counts(number(beside, "frames"), number(beside, "bytes"), protocols));
    }

    @Test
    void hasEveryProtocolInTenThousandFrames() throws IOException {
        Counts counts = count();
        assertThat(counts.frames()).isEqualTo(10_240);
        assertThat(counts.protocols().values())
                .hasSize(Protocol.values().length)
                .allMatch(count -> count > 100);
        assertThat(shipped(CaptureGenerator.CAPTURE)).hasSizeBetween(1_000_000, 1_400_000);
    }

    @Test
    void countsTheSameAsPcapng() throws IOException {
        assertThat(count(new ByteArrayInputStream(new CaptureGenerator().pcapng())))
                .isEqualTo(count());
    }

    private static Counts count() throws IOException {
        return count(resource(EtherDriver.SHIPPED_CAPTURE));
    }

    private static Counts count(InputStream capture) {
        FrameCounter counter = new FrameCounter();
        try (Capture reader = Capture.of(EtherDriver.SHIPPED_CAPTURE, capture)) {
            while (reader.next()) {
                MemorySegment frame = MemorySegment.ofArray(new byte[reader.frameLength()]);
                reader.copyFrameTo(frame);
                counter.count(frame);
            }
        }
        return counter.counts(List.of());
    }

    private static long number(Properties counts, String key) {
        return Long.parseLong(counts.getProperty(key));
    }

    private static byte[] shipped(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return in.readAllBytes();
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = EtherDriver.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + " is not in the bundle");
        }
        return in;
    }
}
