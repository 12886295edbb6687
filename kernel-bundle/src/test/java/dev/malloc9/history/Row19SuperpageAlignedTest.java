package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import org.junit.jupiter.api.Test;

/** Row 19, c251140c26: the kernel map begins at a superpage boundary. */
class Row19SuperpageAlignedTest {

    private static final long SUPERPAGE = 2 << 20;

    @Test
    void theMapsBaseIsAMultipleOfTheSuperpage() {
        for (long size : new long[] {1, SUPERPAGE - 1, SUPERPAGE, 3 * SUPERPAGE + 1, 64 << 20}) {
            try (Subsystem kernel = new Subsystem(size)) {
                assertThat(kernel.map.base() % SUPERPAGE).isZero();
                assertThat(kernel.map.size() % SUPERPAGE).isZero();
                assertThat(kernel.map.size()).isGreaterThanOrEqualTo(size);
            }
        }
    }
}
