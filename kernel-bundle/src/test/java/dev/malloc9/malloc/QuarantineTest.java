package dev.malloc9.malloc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.malloc.block.Quarantine;
import dev.malloc9.uma.Gates;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuarantineTest {

    private static final long RUN = 128 << 10;

    private final KernelMap map = new KernelMap(PageSource.reserve(8 << 20));

    private final Uma uma = new Uma(map, List.of("16"), new long[] {16}, new Gates() {
        @Override
        public void pauseAll() {}

        @Override
        public void resumeAll() {}
    });

    /** The slabs that have left the quarantine, in order. */
    private final List<Slab> left = new ArrayList<>();

    /** The number of slabs that may still leave before the Java heap counts as full. */
    private int heap = Integer.MAX_VALUE;

    private final Quarantine quarantine = new Quarantine(uma, 4 * RUN, (slab, item) -> {
        if (heap-- == 0) {
            throw new OutOfMemoryError("test");
        }
        left.add(slab);
        return 0;
    });

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void oldestItemsLeaveFirst() {
        List<Slab> runs = List.of(add(RUN), add(RUN), add(RUN), add(2 * RUN));
        assertThat(left).containsExactly(runs.getFirst());
        assertThat(quarantine.bytes()).isEqualTo(4 * RUN);
        assertThat(quarantine.letOut()).isTrue();
        assertThat(left).containsExactlyElementsOf(runs);
        assertThat(map.used()).isZero();
        assertThat(quarantine.letOut()).isFalse();
    }

    @Test
    void itemAboveTheLimitLeavesAlone() {
        add(RUN);
        add(RUN);
        Slab large = add(5 * RUN);
        assertThat(left).containsExactly(large);
        assertThat(quarantine.bytes()).isEqualTo(2 * RUN);
        assertThat(map.used()).isEqualTo(2 * RUN);
    }

    @Test
    void itemsStayIfADrainRunsOutOfHeap() {
        add(RUN);
        Slab second = add(RUN);
        Slab third = add(RUN);
        heap = 1;
        assertThatThrownBy(quarantine::drain).isInstanceOf(OutOfMemoryError.class);
        assertThat(quarantine.bytes()).isEqualTo(2 * RUN);
        assertThat(map.used()).isEqualTo(2 * RUN);
        heap = Integer.MAX_VALUE;
        quarantine.drain();
        assertThat(left).hasSize(3).endsWith(second, third);
        assertThat(map.used()).isZero();
    }

    @Test
    void closedQuarantineReleasesNothing() {
        add(RUN);
        quarantine.close();
        add(RUN);
        add(5 * RUN);
        quarantine.drain();
        assertThat(left).isEmpty();
    }

    private Slab add(long bytes) {
        Slab run = requireNonNull(uma.allocateRun(bytes, false));
        quarantine.add(run, run.base);
        return run;
    }
}
