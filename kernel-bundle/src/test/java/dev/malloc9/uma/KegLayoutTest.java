package dev.malloc9.uma;

import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the layouts that section 7.4 of the facts gives for LP64 and pages of 4 KiB, the rounding of limits, and the sizes of this kernel's
 * items.
 */
class KegLayoutTest {

    @ParameterizedTest
    @CsvSource({
        "16, 7, 16, 168",
        "32, 7, 32, 101",
        "64, 7, 64, 56",
        "128, 7, 128, 29",
        "256, 7, 256, 15",
        "512, 7, 512, 7",
        "1024, 7, 1024, 4",
        "2048, 7, 2048, 2",
        "4096, 7, 4096, 1",
        "256, 255, 256, 15",
        "1, 0, 16, 168",
        "17, 7, 24, 126",
        "4032, 7, 4032, 1",
        "4033, 7, 4033, 1",
        "9000, 7, 9000, 1",
        "100, 4095, 4096, 1",
        "100, 65535, 65536, 1",
    })
    void itemsLieInASlabAsFreeBsdLaysThem(long size, int align, long rsize, int ipers) {
        KegLayout layout = KegLayout.of(size, align, 0);
        assertThat(layout).isEqualTo(new KegLayout(rsize, ipers));
    }

    @ParameterizedTest
    @CsvSource({"64, 64, 64", "100, 192, 64", "256, 320, 64", "1024, 1088, 64"})
    void spreadItemsHaveAnOddNumberOfLines(long size, long rsize, int ipers) {
        assertThat(KegLayout.of(size, 63, UMA_ZONE_CACHESPREAD)).isEqualTo(new KegLayout(rsize, ipers));
    }

    @Test
    void limitsRoundUpToWholeSlabs() {
        KegLayout fifteen = KegLayout.of(256, 255, 0);
        assertThat(fifteen.roundUpToSlabs(1)).isEqualTo(15);
        assertThat(fifteen.roundUpToSlabs(15)).isEqualTo(15);
        assertThat(fifteen.roundUpToSlabs(16)).isEqualTo(30);
        assertThat(fifteen.roundUpToSlabs(0)).isZero();
        assertThat(KegLayout.of(9000, 7, 0).roundUpToSlabs(7)).isEqualTo(7);
    }

    @Test
    void itemAndSlabSizesFollowFromTheRequest() {
        assertThat(new ZoneDesign("mbuf", 256, 255, 0).itemBytes()).isEqualTo(256);
        assertThat(new ZoneDesign("odd", 17, 7, 0).itemBytes()).isEqualTo(32);
        assertThat(new ZoneDesign("cache", 65, -1, 0).itemBytes()).isEqualTo(128);
        assertThat(new ZoneDesign("spread", 256, -1, UMA_ZONE_CACHESPREAD).itemBytes())
                .isEqualTo(320);
        assertThat(ZoneDesign.units(4096)).isEqualTo(1);
        assertThat(ZoneDesign.units(4112)).isEqualTo(4);
        assertThat(ZoneDesign.units(65536)).isEqualTo(4);
        assertThat(ZoneDesign.units(65552)).isEqualTo(2);
    }
}
