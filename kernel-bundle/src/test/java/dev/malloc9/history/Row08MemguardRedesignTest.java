package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Row 8, 2010-08-11: MemGuard with a reserve, a moving cursor, pages that are released at free, and knobs that can change at any time. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class Row08MemguardRedesignTest {

    private static final int PAGE = 4096;

    private final Subsystem kernel = new Subsystem();

    @BeforeEach
    void load() {
        kernel.load("driver", M_A, M_B);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void guardMapIsReportedAtTheFirstDescOnly() {
        assertThat(kernel.notes).isEmpty();
        assertThat(knob("mapstart")).isZero();
        set("desc", "a");
        assertThat(kernel.notes)
                .containsExactly(
                        "MEMGUARD DEBUGGING ALLOCATOR INITIALIZED:",
                        "\tMEMGUARD map base: 0x" + Long.toHexString(knob("mapstart")),
                        "\tMEMGUARD map limit: 0x" + Long.toHexString(knob("maplimit")),
                        "\tMEMGUARD map size: 65536 KBytes");
        assertThat(knob("maplimit") - knob("mapstart")).isEqualTo(64 << 20);
        assertThat(knob("cursor")).isEqualTo(knob("mapstart"));
        set("desc", "b");
        assertThat(kernel.notes).hasSize(4);
    }

    @Test
    void theCursorMovesUpwardThroughFreedSpaceToo() {
        set("desc", "a");
        long last = 0;
        for (int i = 0; i < 100; i++) {
            MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
            assertThat(block.address()).isGreaterThan(last);
            last = block.address();
            assertThat(knob("cursor")).isEqualTo(last + 112);
            kernel.malloc().free(block, M_A);
        }
        assertThat(knob("mapused")).isZero();
        assertThat(knob("wrapcnt")).isZero();
    }

    @Test
    void cursorWrapsAtTheEndOfTheMap() {
        set("desc", "a");
        long pages = (64 << 20) / PAGE;
        for (long i = 0; i < pages / 2; i++) {
            kernel.malloc().free(kernel.malloc().malloc(1, M_A, M_WAITOK), M_A);
            kernel.guard.settle();
        }
        assertThat(knob("wrapcnt")).isEqualTo(1);
        assertThat(knob("fail_kva")).isZero();
        assertThat(knob("numalloc")).isEqualTo(pages / 2);
    }

    @Test
    void accessBesideABlockOrAfterFreeIsAGuardHit() {
        set("desc", "a");
        long block = kernel.rawMalloc().malloc(2 * PAGE, M_A, M_WAITOK);
        assertThatThrownBy(() -> kernel.rawMemory().getByte(block - 1)).isInstanceOf(GuardHit.class);
        assertThatThrownBy(() -> kernel.rawMemory().getByte(block + 2 * PAGE)).isInstanceOf(GuardHit.class);
        kernel.rawMalloc().free(block, M_A);
        for (int at = 0; at < 2 * PAGE; at += 1024) {
            long stale = block + at;
            assertThatThrownBy(() -> kernel.rawMemory().getByte(stale)).isInstanceOf(GuardHit.class);
            assertThatThrownBy(() -> kernel.rawMemory().putByte(stale, (byte) 1))
                    .isInstanceOf(GuardHit.class);
        }
    }

    @Test
    void requestBelowMinsizeIsNotGuarded() {
        set("desc", "a");
        set("minsize", "64");
        assertThat(isGuarded(63)).isFalse();
        assertThat(knob("minsize_reject")).isEqualTo(1);
        assertThat(isGuarded(64)).isTrue();
    }

    @Test
    void optionTwoGuardsRequestsOfAPageOrMore() {
        set("options", "3");
        assertThat(isGuarded(PAGE - 1)).isFalse();
        assertThat(isGuarded(PAGE)).isTrue();
        assertThat(isGuarded(100_000)).isTrue();
        set("options", "1");
        assertThat(isGuarded(PAGE)).isFalse();
    }

    @Test
    void frequencyGuardsOneRequestInAHundred() {
        set("frequency", "1000");
        int guarded = 0;
        for (int i = 0; i < 10_000; i++) {
            MemorySegment block = kernel.malloc().malloc(64, M_B, M_WAITOK);
            guarded += kernel.guard.owns(block.address()) ? 1 : 0;
            kernel.malloc().free(block, M_B);
        }
        assertThat(guarded).isBetween(60, 140);
        assertThat(knob("frequency_hits")).isEqualTo(guarded);
        assertThat(knob("numalloc")).isEqualTo(guarded);
    }

    @Test
    void blocksHaveNoHolesWithoutTheOption() {
        set("desc", "a");
        set("options", "0");
        long first = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        assertThat(first).isEqualTo(knob("mapstart"));
        assertThat(kernel.rawMalloc().malloc(100, M_A, M_WAITOK)).isEqualTo(first + PAGE);
    }

    @Test
    void atTheLimitSmallRequestsAreNotGuarded() {
        set("desc", "a");
        kernel.malloc().malloc(Subsystem.GUARD_LIMIT, M_A, M_WAITOK);
        assertThat(isGuarded(100)).isFalse();
        assertThat(knob("fail_pgs")).isEqualTo(1);
        assertThat(isGuarded(PAGE)).isTrue();
    }

    @Test
    void requestWithoutAddressSpaceGetsAPlainBlock() {
        set("desc", "a");
        MemorySegment most = kernel.malloc().malloc(15 << 20, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(most.address())).isTrue();
        MemorySegment[] others = new MemorySegment[3];
        for (int i = 0; i < others.length; i++) {
            others[i] = kernel.malloc().malloc(15 << 20, M_A, M_WAITOK);
            assertThat(kernel.guard.owns(others[i].address())).isTrue();
        }
        MemorySegment last = kernel.malloc().malloc(14 << 20, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(last.address())).isFalse();
        assertThat(knob("fail_kva")).isEqualTo(1);
        assertThat(knob("wrapcnt")).isEqualTo(1);
    }

    @Test
    void senselessValuesAreRefused() {
        for (String[] bad : new String[][] {{"options", "4"}, {"options", "-1"}, {"frequency", "100001"}}) {
            assertThatThrownBy(() -> set(bad[0], bad[1])).isInstanceOf(SysctlFailed.class);
        }
        assertThatThrownBy(() -> set("desc", "x".repeat(128))).isInstanceOf(SysctlFailed.class);
        set("desc", "x".repeat(127));
        assertThatThrownBy(() -> set("divisor", "3")).isInstanceOf(SysctlFailed.class);
        assertThat(knob("options")).isEqualTo(1);
        assertThat(knob("frequency")).isZero();
    }

    private boolean isGuarded(long bytes) {
        MemorySegment block = kernel.malloc().malloc(bytes, M_A, M_WAITOK);
        boolean guarded = kernel.guard.owns(block.address());
        kernel.malloc().free(block, M_A);
        return guarded;
    }

    private void set(String name, String value) {
        kernel.sysctl().writeText("vm.memguard." + name, value);
    }

    private long knob(String name) {
        return Long.parseLong(kernel.sysctl().readText("vm.memguard." + name));
    }
}
