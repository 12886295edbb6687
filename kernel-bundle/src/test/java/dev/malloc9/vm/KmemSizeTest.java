package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests the golden figures of kmeminit for machines of 2010. */
class KmemSizeTest {

    private static final KmemSize I386 = new KmemSize(12 << 20, 3, 0, 320 << 20, null);
    private static final KmemSize AMD64 = new KmemSize(12 << 20, 1, 0, 329_853_485_875L, null);
    private static final KmemSize IA64 = new KmemSize(12 << 20, 4, 0, 0, null);
    private static final KmemSize ARM = new KmemSize(12 << 20, 0, 0, 0, null);
    private static final KmemSize SPARC64 = new KmemSize(16 << 20, 3, 0, 0, null);

    /** The number of pages in 1 GiB. */
    private static final long PAGES = 262_144;

    private static final long CLUSTERS = 25_600;

    @Test
    void sizesOfPlatformsMatchFreeBsdOf2010() {
        assertThat(I386.bytes(PAGES, CLUSTERS)).isEqualTo(335_544_320);
        assertThat(I386.tuned(null, null, 0L, null).bytes(PAGES, CLUSTERS)).isEqualTo(357_912_576);
        assertThat(AMD64.bytes(PAGES, CLUSTERS)).isEqualTo(1_073_741_824);
        assertThat(AMD64.bytes(PAGES * 1024, CLUSTERS)).isEqualTo(329_853_485_875L);
        assertThat(IA64.bytes(PAGES, CLUSTERS)).isEqualTo(268_435_456);
        assertThat(ARM.bytes(PAGES, CLUSTERS)).isEqualTo(117_440_512);
        assertThat(SPARC64.bytes(PAGES, CLUSTERS)).isEqualTo(357_912_576);
    }

    @Test
    void theInitialSizeIsAFloorForTheScale() {
        assertThat(I386.bytes(32_768, CLUSTERS)).isEqualTo(117_440_512);
        assertThat(ARM.bytes(3 * 4096, 0)).isEqualTo(12 << 20);
    }

    @Test
    void scaleTakesThePlaceOfTheConstant() {
        assertThat(AMD64.tuned(null, null, null, 4L).bytes(PAGES, CLUSTERS)).isEqualTo(268_435_456);
        assertThat(AMD64.tuned(null, null, null, 0L).bytes(PAGES, CLUSTERS)).isEqualTo(117_440_512);
    }

    @Test
    void maxAppliesAfterMin() {
        assertThat(I386.tuned(null, 400L << 20, null, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(335_544_320);
        assertThat(I386.tuned(null, 400L << 20, 0L, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(419_430_400);
    }

    @Test
    void sizeOverridesMinAndMax() {
        assertThat(I386.tuned(512L << 20, null, null, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(536_870_912);
        assertThat(I386.tuned(1L << 20, 400L << 20, null, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(1_048_576);
    }

    @Test
    void noMapIsLargerThanTwiceTheMemory() {
        assertThat(I386.tuned(4L << 30, null, null, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(2_147_483_648L);
        assertThat(I386.tuned(2L << 30, null, null, null).bytes(PAGES, CLUSTERS))
                .isEqualTo(2_147_483_648L);
        assertThat(ARM.bytes(1024, 0)).isEqualTo(8 << 20);
    }

    @Test
    void defaultIsTheUsableMemoryWithinTheGranules() {
        assertThat(KmemSize.PLATFORM.bytes(PAGES, 0)).isEqualTo(1_073_741_824);
        assertThat(KmemSize.PLATFORM.bytes(64 * PAGES, 0)).isEqualTo(68_717_379_584L);
        assertThat(KmemSize.PLATFORM.bytes(65 * PAGES, 0)).isEqualTo(68_717_379_584L);
    }

    @Test
    void pipesMayTakeATwentiethOfTheMap() {
        assertThat(KmemSize.maxPipeKva(335_544_320)).isEqualTo(16_777_216);
        assertThat(KmemSize.maxPipeKva(10 << 20)).isEqualTo(524_288);
    }
}
