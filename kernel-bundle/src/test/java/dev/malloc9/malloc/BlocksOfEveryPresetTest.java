package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests properties that hold for every preset of size classes: alignment, arrays, and blocks that do not overlap. */
class BlocksOfEveryPresetTest {

    static SizeClasses[] presets() {
        return SizeClassesTest.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void powerOfTwoUpToAPageIsAlignedToItsSize(SizeClasses classes) {
        try (Subsystem kernel = load(classes)) {
            for (long size = 16; size <= 4096; size *= 2) {
                for (int i = 0; i < 100; i++) {
                    assertThat(kernel.malloc().malloc(size, M_A, M_WAITOK).address() % size)
                            .isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void alignedBlockHasItsAlignmentAndSize(SizeClasses classes) {
        try (Subsystem kernel = load(classes)) {
            Malloc malloc = kernel.malloc();
            RawMalloc raw = kernel.rawMalloc();
            for (long alignment = 1; alignment <= 4096; alignment *= 2) {
                for (long size : new long[] {0, 1, 16, 17, 48, 100, 129, 1000, 3000, 4096, 4097, 9000, 70_000}) {
                    MemorySegment first = malloc.mallocAligned(size, alignment, M_A, M_WAITOK);
                    MemorySegment second = requireNonNull(malloc.mallocAligned(size, alignment, M_A, M_NOWAIT));
                    long third = raw.mallocAligned(size, alignment, M_A, M_WAITOK);
                    assertThat(first.byteSize()).isEqualTo(size);
                    assertThat(second.byteSize()).isEqualTo(size);
                    assertThat(first.address() % alignment).isZero();
                    assertThat(second.address() % alignment).isZero();
                    assertThat(third % alignment).isZero();
                    malloc.free(first, M_A);
                    malloc.free(second, M_A);
                    raw.free(third, M_A);
                }
            }
            assertThat(kernel.stats("a").bytesInUse()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void mallocarrayReturnsABlockOfTheProduct(SizeClasses classes) {
        try (Subsystem kernel = load(classes)) {
            Malloc malloc = kernel.malloc();
            assertThat(malloc.mallocarray(7, 9, M_A, M_WAITOK).byteSize()).isEqualTo(63);
            assertThat(requireNonNull(malloc.mallocarray(1000, 1000, M_A, M_NOWAIT))
                            .byteSize())
                    .isEqualTo(1_000_000);
            assertThat(malloc.mallocarray(0, Long.MAX_VALUE, M_A, M_WAITOK).byteSize())
                    .isZero();
            assertThat(kernel.rawMalloc().usableSize(kernel.rawMalloc().mallocarray(4, 1024, M_A, M_WAITOK), M_A))
                    .isEqualTo(4096);
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void blocksOfAnySizeKeepTheirContentUntilFree(SizeClasses classes) {
        try (Subsystem kernel = load(classes)) {
            Malloc malloc = kernel.malloc();
            Random random = new Random(1);
            List<MemorySegment> blocks = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
                if (blocks.size() < 50 || (random.nextBoolean() && blocks.size() < 200)) {
                    MemorySegment block = malloc.malloc(random.nextInt(20_000), M_A, M_WAITOK);
                    assertThat(malloc.usableSize(block, M_A)).isEqualTo(malloc.mallocSize(block.byteSize()));
                    blocks.add(block.fill((byte) block.byteSize()));
                } else {
                    MemorySegment block = blocks.remove(random.nextInt(blocks.size()));
                    for (long at = 0; at < block.byteSize(); at += 97) {
                        assertThat(block.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) block.byteSize());
                    }
                    malloc.free(block, M_A);
                }
            }
            blocks.forEach(block -> malloc.free(block, M_A));
            assertThat(kernel.stats("a").inUse()).isZero();
            assertThat(kernel.stats("a").bytesInUse()).isZero();
        }
    }

    private static Subsystem load(SizeClasses classes) {
        Subsystem kernel = new Subsystem(64 << 20, classes, ZoneSets.ONE);
        kernel.load("driver", M_A);
        return kernel;
    }
}
