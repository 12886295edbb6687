package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NODUMP;
import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.TypeStats;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests random sizes, products, alignments and flags that are impossible: each is refused at once, with either wait flag, and nothing
 * changes.
 */
@ExtendWith(OnVirtualThreads.class)
class ImpossibleRequestsTest extends KernelTest {

    private static final int ROUNDS = 20_000;
    private static final long KNOWN = M_NOWAIT | M_WAITOK | M_ZERO | M_NODUMP | M_USE_RESERVE;

    private final RawMalloc raw = kernel.rawMalloc();
    private final Random random = new Random(16);

    @Test
    void impossibleRequestIsRefusedAndChangesNothing() {
        long block = raw.malloc(100, M_FOO, M_WAITOK);
        List<TypeStats> before = stats();
        long used = kernel.runtime().kernelMap().used();
        for (int round = 0; round < ROUNDS; round++) {
            long wait = random.nextBoolean() ? M_WAITOK : M_NOWAIT;
            long size = badSize();
            refused(() -> raw.malloc(size, M_FOO, wait));
            refused(() -> raw.realloc(block, size, M_FOO, wait));
            refused(() -> raw.mallocAligned(size, 64, M_FOO, wait));
            refused(() -> raw.mallocarray(1, size, M_FOO, wait));
            refused(() ->
                    raw.mallocarray(1L << (32 + random.nextInt(31)), 1L << (32 + random.nextInt(31)), M_FOO, wait));
            long alignment = badAlignment();
            refused(() -> malloc.mallocAligned(100, alignment, M_FOO, wait));
            long flags = badFlags();
            refused(() -> raw.malloc(100, M_FOO, flags));
            refused(() -> malloc.realloc(null, 100, M_FOO, flags));
        }
        assertThat(stats()).isEqualTo(before);
        assertThat(kernel.runtime().kernelMap().used()).isEqualTo(used);
        raw.free(block, M_FOO);
    }

    private long badSize() {
        return random.nextBoolean()
                ? random.nextLong() | Long.MIN_VALUE
                : (64 << 20) + 1 + ((random.nextLong() >>> (1 + random.nextInt(40))) & (Long.MAX_VALUE >>> 1));
    }

    private long badAlignment() {
        long alignment = random.nextLong() >> random.nextInt(63);
        return Long.bitCount(alignment) == 1 && alignment > 0 && alignment <= 4096 ? alignment + 4096 : alignment;
    }

    /** Returns flags with both wait flags, with none, or with an unknown bit. */
    private long badFlags() {
        long others = random.nextLong() & (M_ZERO | M_NODUMP);
        return switch (random.nextInt(3)) {
            case 0 -> others;
            case 1 -> others | M_WAITOK | M_NOWAIT | random.nextLong();
            default -> others | M_NOWAIT | (1L << unknownBit());
        };
    }

    private int unknownBit() {
        int bit;
        do {
            bit = random.nextInt(64);
        } while ((KNOWN & (1L << bit)) != 0);
        return bit;
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(InvalidRequest.class);
    }
}
