package dev.malloc9.uma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.sysctl.SysctlService;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests vm.zone_stats and vm.zone_count byte for byte, in little-endian order. */
@Tag("platform")
class ZoneStreamTest {

    private static final int ZONE = 120 + 2 * 64;

    private final KernelMap map = new KernelMap(PageSource.reserve(8 << 20));
    private final Uma uma = new Uma(map, List.of("2048"), new long[] {2048}, new Gates() {
        @Override
        public void pauseAll() {}

        @Override
        public void resumeAll() {}
    });
    private final UmaZone malloc = uma.zones().getFirst();
    private final UmaZone mbuf = uma.create(new ZoneDesign("mbuf", 250, 255, 0), null);
    private final UmaZone packet =
            uma.createSecondary("a packet zone whose name is long indeed", mbuf).zone();

    private final Sysctl sysctl = sysctl(List.of(
            new ZoneRecord(malloc, 15, 2048, 0, 10, 2, 0),
            new ZoneRecord(mbuf, 255, 250, 300, 103, 41, 2),
            new ZoneRecord(packet, 255, 250, 0, 50, 45, 0)));

    @BeforeEach
    void twoCpusOnALittleEndianMachine() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "needs a little-endian processor");
        assertThat(uma.cpus().current()).isNotNull();
        assertThat(uma.cpus().all()).hasSize(2);
    }

    @AfterEach
    void stop() {
        map.close();
    }

    @Test
    void threeZonesOnTwoCpusAre760Bytes() {
        assertThat(sysctl.length("vm.zone_stats")).isEqualTo(760);
        assertThat(hex(0, 16)).isEqualTo("01000000" + "02000000" + "03000000" + "00000000");
        assertThat(sysctl.readText("vm.zone_count")).isEqualTo("3");
    }

    /** The cache of the second CPU was filled with one bucket of 32 items, from a slab of 256 items. */
    @Test
    void streamOfOneZoneHasTheExpectedBytes() {
        assertThat(uma.refill(mbuf.number())).isTrue();
        mbuf.countFailure();
        int cached = (int) uma.cached(mbuf);
        assertThat(cached).isPositive();
        assertThat(hex(16, ZONE))
                .isEqualTo("6d627566" + "00".repeat(28)
                        + "ff000000" // alignment mask
                        + "fa000000" // 250 bytes requested
                        + "00010000" // 256 bytes
                        + "20000000" // 2 slabs of 16 pages
                        + "2c010000" // 300 items
                        + "10000000" // 16 pages
                        + int32(256 - cached)
                        + "00000000" // none in the depot
                        + "00000000"
                        + "00000000" // primary
                        + "6700000000000000"
                        + "2900000000000000"
                        + "0100000000000000"
                        + "0200000000000000"
                        + "00".repeat(16)
                        + "00".repeat(64)
                        + "00".repeat(16)
                        + int32(cached)
                        + "00".repeat(44));
    }

    @Test
    void newestKegIsFirstAndSecondaryZonesFollow() {
        byte[] stream = sysctl.read("vm.zone_stats");
        assertThat(name(stream, 0)).isEqualTo("mbuf" + "\0".repeat(28));
        assertThat(name(stream, 1)).isEqualTo("a packet zone whose name is lon\0");
        assertThat(name(stream, 2)).isEqualTo("2048" + "\0".repeat(28));
        assertThat(hex(16 + 68, 4)).isEqualTo("00000000");
        assertThat(hex(16 + ZONE + 68, 4)).isEqualTo("01000000");
    }

    @Test
    void streamComesInPiecesOf127Bytes() throws IOException {
        List<Integer> pieces = new ArrayList<>();
        sysctl.read("vm.zone_stats", new OutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) {
                pieces.add(count);
            }

            @Override
            public void write(int single) {
                pieces.add(1);
            }
        });
        assertThat(pieces).containsExactly(127, 127, 127, 127, 127, 125);
    }

    private Sysctl sysctl(List<ZoneRecord> zones) {
        SysctlTree tree = new SysctlTree();
        new ZoneStream(uma, () -> zones).declare(tree);
        return new SysctlService(tree);
    }

    private String hex(int from, int count) {
        return HexFormat.of().formatHex(Arrays.copyOfRange(sysctl.read("vm.zone_stats"), from, from + count));
    }

    private static String int32(int value) {
        return HexFormat.of().formatHex(new byte[] {(byte) value, (byte) (value >> 8), 0, 0});
    }

    private static String name(byte[] stream, int zone) {
        return new String(stream, 16 + zone * ZONE, 32, StandardCharsets.UTF_8);
    }
}
