package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.FailPoints.Step;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests that a failure of any single internal step of a script leaks nothing, leaves no type half registered, and keeps counts exact.
 */
@Tag("slow")
class FaultInjectionTest {

    private static final int MANY = 2_000;

    private static final long[] SIZES = {1, 10, 100, 1_000, 3_000, 5_000, 40_000, 65_536, 100_000, 300_000};

    @ParameterizedTest
    @CsvSource({"bsd, I", "fine, R", "fine, G"})
    void whicheverStepFailsNothingIsLost(String preset, Level level) {
        Set<Step> struck = EnumSet.noneOf(Step.class);
        int all = 0;
        for (Step step : Step.values()) {
            int k = 1;
            while (strikes(k, Set.of(step), preset, level)) {
                struck.add(step);
                assertThat(++k).isLessThan(MANY);
            }
            all += k - 1;
        }
        assertThat(struck).isEqualTo(EnumSet.complementOf(notOf(level)));
        assertThat(all).as("steps").isGreaterThan(50);
    }

    /** Returns the steps that do not exist at a level. */
    private static EnumSet<Step> notOf(Level level) {
        EnumSet<Step> guards = EnumSet.of(Step.GUARD_RANGE, Step.GUARD_PAGES, Step.GUARD_HOLE, Step.GUARD_SCOPE);
        if (level == Level.R) {
            guards.add(Step.RED_ZONE);
        }
        return level == Level.G ? EnumSet.of(Step.RED_ZONE) : guards;
    }

    @Test
    void aRefusedRegistrationLeavesNoNumberBehind() {
        try (Subsystem kernel = new Subsystem()) {
            for (int i = 0; i < Tags.MAX_NUMBER; i++) {
                kernel.map.failPoints().failAt(2);
                assertThatThrownBy(() -> kernel.load("driver", M_A, M_B))
                        .isExactlyInstanceOf(KernelPanic.class)
                        .hasMessage("malloc_init: no memory for type 'b' in driver 1 (7)");
            }
            kernel.load("driver", M_A, M_B);
            assertThat(kernel.subsystem.statistics().typeStats()).hasSize(2);
        }
    }

    @Test
    void failKnobsSelectTheStepThatFails() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("driver", M_A);
            kernel.sysctl().writeText("debug.fail.points", "commit,slab");
            kernel.sysctl().writeText("debug.fail.at", "2");
            assertThat(kernel.sysctl().readText("debug.fail.points")).isEqualTo("commit,slab");
            assertThat(kernel.rawMalloc().malloc(100_000, M_A, M_NOWAIT)).isZero();
            assertThat(kernel.rawMalloc().malloc(100_000, M_A, M_NOWAIT)).isNotZero();
            assertThat(kernel.sysctl().readText("debug.fail.at")).isEqualTo("0");
            assertThat(kernel.sysctl().readText("debug.fail.steps")).isEqualTo("2");
            assertThat(kernel.sysctl().readText("debug.fail.failures")).isEqualTo("1");
            assertThatThrownBy(() -> kernel.sysctl().writeText("debug.fail.points", "slabs"))
                    .isInstanceOf(SysctlFailed.class);
            assertThatThrownBy(() -> kernel.sysctl().writeText("debug.fail.at", "-1"))
                    .isInstanceOf(SysctlFailed.class);
            assertThat(kernel.sysctl().readText("debug.fail.points")).isEqualTo("commit,slab");
        }
    }

    /** Runs the script with a failure at the k-th step, and returns whether such a step exists. */
    private static boolean strikes(int k, Set<Step> points, String preset, Level level) {
        try (Subsystem kernel = new Subsystem(16L << 20, classes(preset), ZoneSets.ONE)) {
            FailPoints failPoints = kernel.map.failPoints();
            failPoints.points(points);
            failPoints.failAt(k);
            kernel.subsystem.operator().level(level);
            Owner owner = load(kernel);
            kernel.subsystem.lowMemory().register(() -> {});
            kernel.subsystem.lowMemory().raise();
            blocks(kernel);
            items(kernel);
            assertThat(kernel.stats("a").inUse()).isZero();
            assertThat(kernel.stats("a").bytesInUse()).isZero();
            assertThat(kernel.stats("b").inUse()).isZero();
            assertThat(kernel.subsystem.operator().verify()).isEmpty();
            kernel.sysctl().writeText("vm.malloc.quarantine", "0");
            kernel.unload(owner);
            assertThat(kernel.leaks).isEmpty();
            assertThat(kernel.zonesLeft).isEmpty();
            assertThat(kernel.damages).isEmpty();
            failPoints.points(Set.of());
            kernel.subsystem.operator().trim();
            assertThat(kernel.map.used()).as("step %s of %s", k, points).isZero();
            boolean struck = failPoints.failures() == 1;
            if (level == Level.G && !(struck && points.contains(Step.GUARD_HOLE))) {
                assertThat(kernel.sysctl().readText("vm.memguard.mapused"))
                        .as("step %s of %s", k, points)
                        .isEqualTo("0");
            }
            assertThat(kernel.failures).hasSizeLessThanOrEqualTo(struck ? 1 : 0);
            return struck;
        }
    }

    private static SizeClasses classes(String preset) {
        return preset.equals("bsd") ? SizeClasses.BSD : SizeClasses.FINE;
    }

    /** Registers the types. If a step fails, no type is registered, and a second attempt succeeds. */
    private static Owner load(Subsystem kernel) {
        try {
            return kernel.load("driver", M_A, M_B);
        } catch (KernelPanic refused) {
            assertThat(refused).hasMessageStartingWith("malloc_init: no memory for type '");
            assertThat(kernel.subsystem.statistics().typeStats()).isEmpty();
            assertThat(kernel.panics).containsExactly(refused);
            return kernel.load("driver", M_A, M_B);
        }
    }

    private static void blocks(Subsystem kernel) {
        List<Long> blocks = new ArrayList<>();
        for (long size : SIZES) {
            for (int i = 0; i < 6; i++) {
                long waiting = kernel.rawMalloc().malloc(size, M_A, M_WAITOK);
                assertThat(waiting).isNotZero();
                blocks.add(waiting);
                if (i < 2) {
                    add(blocks, kernel.rawMalloc().malloc(size, M_A, M_NOWAIT));
                }
            }
            long moved = kernel.rawMalloc().realloc(blocks.removeLast(), size * 3, M_A, M_WAITOK);
            long last = kernel.rawMalloc().realloc(moved, 5, M_A, M_NOWAIT);
            blocks.add(last == 0 ? moved : last);
            while (blocks.size() > 10) {
                kernel.rawMalloc().free(blocks.removeFirst(), M_A);
            }
        }
        long contiguous = kernel.rawMalloc().contigmalloc(70_000, M_A, M_WAITOK, 0, Long.MAX_VALUE, 4_096, 0);
        kernel.rawMalloc().contigfree(contiguous, 70_000, M_A);
        blocks.forEach(block -> kernel.rawMalloc().free(block, M_A));
    }

    private static void items(Subsystem kernel) {
        Zone zone = kernel.zones()
                .zcreate(ZoneRequest.of("things", 30_000, M_B)
                        .withInit((item, flags) -> 0)
                        .withCtor((item, arg, flags) -> 0));
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            try {
                items.add(zone.zalloc(null, M_WAITOK));
            } catch (ItemFailed refused) {
                assertThat(refused.errno()).isEqualTo(12);
            }
        }
        items.forEach(item -> zone.zfree(item, null));
        zone.zdestroy();
    }

    private static void add(List<Long> blocks, long block) {
        if (block != 0) {
            blocks.add(block);
        }
    }
}
