package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 3, 54a87db1fb: vm.kmem_size and the related knobs can be read while the kernel runs, and can be set only at boot. */
class Row03ReadOnlyTunablesTest {

    private final Kernel kernel = Kernel.boot(Tunables.from(
            Map.of(
                    "vm.kmem_size", "64m",
                    "vm.kmem_size_min", "0x1000000",
                    "vm.kmem_size_max", "1g",
                    "vm.kmem_size_scale", "3")::get,
            1L << 30));

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vm.kmem_size", "vm.kmem_size_min", "vm.kmem_size_max", "vm.kmem_size_scale"})
    void knobIsAReadOnlyTunable(String name) {
        Sysctl sysctl = kernel.sysctl();
        assertThat(sysctl.knob(name).flags()).isEqualTo(0x80080000).isEqualTo(Knob.CTLFLAG_RDTUN);
        String before = sysctl.readText(name);
        assertThatThrownBy(() -> sysctl.writeText(name, "1"))
                .isInstanceOf(SysctlFailed.class)
                .hasMessage("oid '" + name + "' is a read only tunable: Operation not permitted")
                .extracting(failed -> ((SysctlFailed) failed).errno())
                .isEqualTo(Errno.EPERM);
        assertThat(sysctl.readText(name)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "vm.kmem_size, 67108864",
        "vm.kmem_size_min, 16777216",
        "vm.kmem_size_max, 1073741824",
        "vm.kmem_size_scale, 3"
    })
    void theBootEnvironmentsValueIsHonoured(String name, String value) {
        assertThat(kernel.sysctl().readText(name)).isEqualTo(value);
    }

    @Test
    void theMapIsAsLargeAsTheKnobSays() {
        assertThat(kernel.runtime().kernelMap().size()).isEqualTo(67_108_864);
    }
}
