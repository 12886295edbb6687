package dev.malloc9.malloc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocFlags;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.uma.Uma;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SizeClassesTest {

    static SizeClasses[] presets() {
        return new SizeClasses[] {SizeClasses.BSD, SizeClasses.PAGES, SizeClasses.FINE};
    }

    @Test
    void presetsHaveTheExpectedSizes() {
        assertThat(SizeClasses.BSD.sizes()).containsExactly(16, 32, 64, 128, 256, 512, 1024, 2048, 4096);
        assertThat(SizeClasses.PAGES.sizes())
                .containsExactly(
                        16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 12288, 16384, 20480, 24576, 28672, 32768,
                        36864, 40960, 45056, 49152, 53248, 57344, 61440, 65536);
        assertThat(SizeClasses.FINE.sizes())
                .containsExactly(
                        16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024,
                        1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, 10240, 12288, 14336,
                        16384, 20480, 24576, 28672, 32768, 40960, 49152, 57344, 65536);
        assertThat(SizeClasses.named("bsd")).isSameAs(SizeClasses.BSD);
        assertThat(SizeClasses.named("pages")).isSameAs(SizeClasses.PAGES);
        assertThat(SizeClasses.named("fine")).isSameAs(SizeClasses.FINE);
        assertThat(SizeClasses.named("slab")).isNull();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyRequestGetsTheSmallestClassThatHoldsIt(SizeClasses classes) {
        assertThat(classes.table()).hasSize(4096);
        assertThat(classes.count()).isLessThanOrEqualTo(SizeClasses.MAX_COUNT);
        assertThat(classes.of(0)).isZero();
        for (long size = 1; size <= classes.largest(); size++) {
            int sizeClass = classes.of(size);
            assertThat(classes.bytes(sizeClass)).isGreaterThanOrEqualTo(size);
            assertThat(sizeClass == 0 || classes.bytes(sizeClass - 1) < size).isTrue();
            assertThat(classes.accounted(size)).isEqualTo(classes.bytes(sizeClass));
            assertThat(classes.table()[((int) size - 1) >>> 4]).isEqualTo((byte) sizeClass);
        }
        for (long size = classes.largest() + 1; size <= Uma.ITEM_MAX; size++) {
            assertThat(classes.table()[((int) size - 1) >>> 4]).isEqualTo((byte) -1);
        }
        assertThat(classes.accounted(Uma.ITEM_MAX + 1)).isEqualTo(69_632);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void maskBitIsTheSizeRoundedUpToAPowerOfTwo(SizeClasses classes) {
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            long bytes = classes.bytes(sizeClass);
            int mask = classes.maskBit(sizeClass);
            if (bytes > 4096) {
                assertThat(mask).isZero();
            } else {
                assertThat(Integer.bitCount(mask)).isEqualTo(1);
                int bit = Integer.numberOfTrailingZeros(mask);
                assertThat(bytes).isGreaterThan(8L << bit).isLessThanOrEqualTo(16L << bit);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void alignedRequestIsAtMostTheNextPowerOfTwo(SizeClasses classes) {
        for (long alignment = 1; alignment <= 4096; alignment *= 2) {
            for (long size = 0; size <= 4096; size += 13) {
                long request = classes.aligned(size, alignment);
                assertThat(request).isGreaterThanOrEqualTo(size);
                assertThat(request % alignment).isZero();
                assertThat(classes.accounted(request)).isEqualTo(request);
                long powerOfTwo = size <= 1 ? 1 : Long.highestOneBit(size - 1) << 1;
                assertThat(request).isLessThanOrEqualTo(Math.max(16, Math.max(alignment, powerOfTwo)));
            }
        }
    }

    @Test
    void sizeClassesTunableSelectsThePreset() {
        assertThat(sizeOfFiveThousand("bsd")).isEqualTo(8192);
        assertThat(sizeOfFiveThousand("pages")).isEqualTo(8192);
        assertThat(sizeOfFiveThousand(" fine ")).isEqualTo(5120);
        assertThat(sizeOfFiveThousand("coarse")).as("the default").isEqualTo(5120);
        assertThat(zones("bsd")).isEqualTo(9);
        assertThat(zones("pages")).isEqualTo(24);
        assertThat(zones("fine")).isEqualTo(44);
    }

    private static long sizeOfFiveThousand(String preset) {
        try (Kernel kernel = boot(preset)) {
            var block = kernel.malloc().malloc(5000, KernelTest.M_FOO, MallocFlags.M_WAITOK);
            long usable = kernel.malloc().usableSize(block, KernelTest.M_FOO);
            assertThat(kernel.malloc().mallocSize(5000)).isEqualTo(usable);
            kernel.malloc().free(block, KernelTest.M_FOO);
            return usable;
        }
    }

    private static int zones(String preset) {
        try (Kernel kernel = boot(preset)) {
            return kernel.runtime().zones().size();
        }
    }

    private static Kernel boot(String preset) {
        return Kernel.boot(Tunables.from(name -> switch (name) {
            case "vm.malloc.size_classes" -> preset;
            case "vm.kmem_size" -> "16m";
            default -> null;
        }));
    }
}
