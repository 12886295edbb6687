package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 24, 2007-05-27: a request of 0 bytes is legal and causes no message. */
class Row24ZeroSizeTest {

    @ParameterizedTest
    @ValueSource(strings = {"bsd", "pages", "fine"})
    void aBlockOfNoBytesIsUniqueAndSixteenBytesLarge(String preset) {
        SizeClasses classes = requireNonNull(SizeClasses.named(preset));
        try (Subsystem kernel = new Subsystem(16 << 20, classes, ZoneSets.ONE)) {
            kernel.load("driver", M_A);
            List<MemorySegment> blocks = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                MemorySegment block = requireNonNull(kernel.malloc().malloc(0, M_A, M_NOWAIT));
                assertThat(block.byteSize()).isZero();
                assertThat(block.address()).isNotZero();
                blocks.add(block);
            }
            assertThat(blocks.stream().map(MemorySegment::address)).doesNotHaveDuplicates();
            assertThat(kernel.malloc().usableSize(blocks.getFirst(), M_A)).isEqualTo(16);
            assertThat(kernel.stats("a").allocated()).isEqualTo(16_000);
            assertThat(kernel.stats("a").sizeMask()).isEqualTo(1);
            blocks.forEach(block -> kernel.malloc().free(block, M_A));
            long raw = kernel.rawMalloc().malloc(0, M_A, M_WAITOK);
            assertThat(raw).isNotZero();
            kernel.rawMalloc().free(raw, M_A);
            assertThat(kernel.stats("a").bytesInUse()).isZero();
            assertThat(kernel.panics).isEmpty();
        }
    }
}
