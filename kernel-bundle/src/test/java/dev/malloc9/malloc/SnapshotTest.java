package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.Snapshot;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.KernelMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    @Test
    void generationChangesWithListsAndNotWithFigures() {
        try (Subsystem kernel = new Subsystem()) {
            Snapshot empty = kernel.subsystem.statistics().snapshot();
            Owner owner = kernel.load("m", M_A, M_B);
            Snapshot loaded = kernel.subsystem.statistics().snapshot();
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            Snapshot used = kernel.subsystem.statistics().snapshot();
            kernel.unload(owner);
            Snapshot unloaded = kernel.subsystem.statistics().snapshot();

            assertThat(loaded.generation()).isGreaterThan(empty.generation());
            assertThat(used.generation()).isEqualTo(loaded.generation());
            assertThat(unloaded.generation()).isGreaterThan(used.generation());
            assertThat(used.types()).extracting(TypeStats::name).containsExactly("a", "b");
            assertThat(used.modules()).extracting(ModuleInfo::types).containsExactly(List.of("a", "b"));
            assertThat(used.modules().getFirst().bytes())
                    .isEqualTo(used.types().getFirst().bytesInUse());
            assertThat(unloaded.types()).isEmpty();
            assertThat(unloaded.modules()).isEmpty();
        }
    }

    @Test
    void snapshotsOfOneGenerationHaveEqualLists() throws Exception {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("first", M_A);
            AtomicBoolean done = new AtomicBoolean();
            Thread loader = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    kernel.unload(kernel.load("m", M_B, M_C));
                }
                done.set(true);
            });
            Map<Long, List<String>> seen = new HashMap<>();
            long last = 0;
            while (!done.get()) {
                Snapshot now = kernel.subsystem.statistics().snapshot();
                List<String> names = now.types().stream().map(TypeStats::name).toList();
                assertThat(names).isIn(List.of("a"), List.of("a", "b", "c"));
                assertThat(seen.computeIfAbsent(now.generation(), unknown -> names))
                        .isEqualTo(names);
                assertThat(now.generation()).isGreaterThanOrEqualTo(last);
                last = now.generation();
            }
            loader.join();
            assertThat(seen.size()).isGreaterThan(1);
        }
    }

    @Test
    void freePagesAreTheMapsHolesInBlocksOfPowersOfTwo() {
        try (Subsystem kernel = new Subsystem(16 << 20)) {
            FreePages all = kernel.subsystem.statistics().freePages();
            assertThat(bytes(all)).isEqualTo(kernel.map.largestHole());
            int unit = kernel.map.allocate(1, 1);
            assertThat(unit).isNotNegative();
            FreePages less = kernel.subsystem.statistics().freePages();
            assertThat(bytes(less)).isEqualTo(bytes(all) - KernelMap.UNIT);
            assertThat(less.blocks()).hasSize(KernelMap.FREE_ORDERS);
            assertThat(less.blocks().subList(0, 4)).containsOnly(0L);
        }
    }

    private static long bytes(FreePages pages) {
        long bytes = 0;
        for (int order = 0; order < pages.blocks().size(); order++) {
            bytes += pages.blocks().get(order) * pages.bytes(order);
        }
        return bytes;
    }
}
