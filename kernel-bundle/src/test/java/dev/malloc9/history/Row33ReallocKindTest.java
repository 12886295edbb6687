package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 33, 2005-12-28: the allocator always knows whether a block is large or small; a wrong guess would make realloc lose data. */
@Tag("slow")
class Row33ReallocKindTest {

    private static final int BLOCKS = 64;

    @ParameterizedTest
    @CsvSource({"bsd, false", "pages, false", "fine, false", "bsd, true"})
    void aStormOfReallocsAcrossAllSizesLosesNoByte(String preset, boolean watched) {
        SizeClasses classes = requireNonNull(SizeClasses.named(preset));
        try (Subsystem kernel = new Subsystem(64 << 20, classes, ZoneSets.ONE)) {
            kernel.load("driver", M_A);
            kernel.subsystem.operator().profile(watched);
            Random random = new Random(33);
            MemorySegment[] blocks = new MemorySegment[BLOCKS];
            for (int i = 0; i < BLOCKS; i++) {
                blocks[i] = write(kernel.malloc().malloc(size(random), M_A, M_WAITOK), i);
            }
            for (int step = 0; step < 20_000; step++) {
                int i = random.nextInt(BLOCKS);
                MemorySegment block = blocks[i];
                long size = size(random);
                long usable = kernel.malloc().usableSize(block, M_A);
                MemorySegment moved = kernel.malloc().realloc(block, size, M_A, M_WAITOK);
                boolean stays = size <= usable && (size > usable / 2 || usable == 16);
                assertThat(moved.address() == block.address()).isEqualTo(stays);
                check(moved, i, Math.min(size, block.byteSize()));
                blocks[i] = write(moved, i);
            }
            for (int i = 0; i < BLOCKS; i++) {
                check(blocks[i], i, blocks[i].byteSize());
                kernel.malloc().free(blocks[i], M_A);
            }
            assertThat(kernel.stats("a").inUse()).isZero();
            assertThat(kernel.stats("a").bytesInUse()).isZero();
        }
    }

    /** Returns a random size in bytes, small or large, often near a border between the two. */
    private static long size(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(70);
            case 1 -> 4000 + random.nextInt(200);
            case 2 -> 65_400 + random.nextInt(300);
            default -> random.nextInt(140_000);
        };
    }

    private static MemorySegment write(MemorySegment block, int seed) {
        for (long at = 0; at < block.byteSize(); at += 61) {
            block.set(ValueLayout.JAVA_BYTE, at, mark(seed, at));
        }
        return block;
    }

    private static void check(MemorySegment block, int seed, long bytes) {
        for (long at = 0; at < bytes; at += 61) {
            assertThat(block.get(ValueLayout.JAVA_BYTE, at)).isEqualTo(mark(seed, at));
        }
    }

    private static byte mark(int seed, long at) {
        return (byte) (seed * 31L + at * 7 + 1);
    }
}
