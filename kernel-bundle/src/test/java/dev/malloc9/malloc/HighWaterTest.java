package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HighWaterTest {

    private final Subsystem kernel = new Subsystem();

    @BeforeEach
    void load() {
        kernel.load("driver", M_A);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void highWaterMarkIsTheHighestReading() {
        List<MemorySegment> blocks = allocate(10, 100);
        assertHigh(1280, 10);
        free(blocks);
        assertHigh(1280, 10);
        free(allocate(11, 16));
        allocate(1, 2048);
        assertHigh(2048, 10);
    }

    @Test
    void pageRunsAreExactWithoutAnyReading() {
        free(allocate(3, 100_000));
        assertHigh(3 * 102_400, 3);
        free(allocate(2, 200_000));
        assertHigh(2 * 200_704, 3);
    }

    @Test
    void highWaterMarkIsUpdatedAtBucketExchanges() {
        List<MemorySegment> blocks = allocate(50_000, 64);
        free(blocks);
        assertThat(kernel.stats("a").highBlocks()).isBetween(128L, 50_000L);
        assertThat(kernel.stats("a").highBytes()).isEqualTo(kernel.stats("a").highBlocks() * 64);
    }

    @Test
    void aWatchedTypeIsExactWithoutAnyReading() {
        List<MemorySegment> before = allocate(5, 16);
        kernel.subsystem.operator().limit(kernel.stats("a").owner(), "a", 0, 1 << 20);
        free(allocate(7, 64));
        free(before);
        assertHigh(5 * 16 + 7 * 64, 12);
    }

    private void assertHigh(long bytes, long blocks) {
        assertThat(kernel.stats("a").highBytes()).isEqualTo(bytes);
        assertThat(kernel.stats("a").highBlocks()).isEqualTo(blocks);
    }

    private List<MemorySegment> allocate(int count, long size) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(kernel.malloc().malloc(size, M_A, M_WAITOK));
        }
        return blocks;
    }

    private void free(List<MemorySegment> blocks) {
        blocks.forEach(block -> kernel.malloc().free(block, M_A));
    }
}
