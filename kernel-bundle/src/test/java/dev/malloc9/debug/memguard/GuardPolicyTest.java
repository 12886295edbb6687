package dev.malloc9.debug.memguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests which requests are guarded, and in which order the conditions are checked. */
class GuardPolicyTest {

    private final AtomicInteger thrown = new AtomicInteger();
    private int dice = 99_999;

    private final GuardPolicy selection = new GuardPolicy(() -> {
        thrown.incrementAndGet();
        return dice;
    });

    @Test
    void standardSettingsGuardNoRequest() {
        assertThat(selection.wants(1 << 20, "a")).isFalse();
        assertThat(selection.mayWant("a")).isFalse();
        assertThat(thrown).hasValue(0);
    }

    @Test
    void smallRequestOfTheChosenTypeIsRejected() {
        set(GuardSettings.STANDARD.withDesc("a").withMinSize(100).withFrequency(100_000));
        assertThat(selection.wants(99, "a")).isFalse();
        assertThat(selection.tooSmall()).isEqualTo(1);
        assertThat(selection.wants(100, "a")).isTrue();
        assertThat(selection.tooSmall()).isEqualTo(1);
    }

    @Test
    void largeRequestIsGuardedWithoutARandomDraw() {
        set(GuardSettings.STANDARD.withOptions(3).withFrequency(100_000));
        assertThat(selection.wants(4096, "b")).isTrue();
        assertThat(thrown).hasValue(0);
        assertThat(selection.hits()).isZero();
        assertThat(selection.wants(4095, "b")).isTrue();
        assertThat(thrown).hasValue(1);
        assertThat(selection.hits()).isEqualTo(1);
    }

    @Test
    void frequencyIsCheckedBeforeTheTypeName() {
        set(GuardSettings.STANDARD.withDesc("a").withFrequency(10));
        dice = 9;
        assertThat(selection.wants(16, "a")).isTrue();
        assertThat(selection.hits()).isEqualTo(1);
        dice = 10;
        assertThat(selection.wants(16, "a")).isTrue();
        assertThat(selection.wants(16, "b")).isFalse();
        assertThat(selection.hits()).isEqualTo(1);
    }

    @Test
    void descMatchesNamesAndGlobs() {
        set(GuardSettings.STANDARD.withDesc("ether, vm*,?sx ,a.c"));
        for (String meant : new String[] {"ether", "vm", "vmem", "vm page", "asx", "a.c"}) {
            assertThat(selection.wants(16, meant)).as(meant).isTrue();
            assertThat(selection.mayWant(meant)).as(meant).isTrue();
        }
        for (String other : new String[] {"ethe", "ether2", "Ether", "avm", "sx", "aasx", "abc", "", ","}) {
            assertThat(selection.wants(16, other)).as(other).isFalse();
            assertThat(selection.mayWant(other)).as(other).isFalse();
        }
    }

    @Test
    void typeNameWithACommaMatchesAsAWhole() {
        set(GuardSettings.STANDARD.withDesc("a,b"));
        assertThat(selection.wants(16, "a,b")).isTrue();
        set(GuardSettings.STANDARD.withDesc("*"));
        assertThat(selection.wants(16, "anything")).isTrue();
    }

    private void set(GuardSettings settings) {
        selection.settings(settings);
    }
}
