package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.vm.KmemSize;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 47, f665f60342: vm.kmem_size_max and vm.kmem_size_scale are tunables, and can be read. */
class Row47KmemSizeMaxAndScaleTest {

    /** For a machine of 1 GiB. */
    @ParameterizedTest
    @CsvSource({
        ", , 68717379584, 1, 1073741824",
        "320m, , 335544320, 1, 335544320",
        ", 3, 68717379584, 3, 357912576",
        "320m, 3, 335544320, 3, 335544320",
        "0, 0, 0, 0, 12582912",
        "many, 4x, 68717379584, 1, 1073741824"
    })
    void theBootEnvironmentSetsThemAndTheKnobsShowThem(
            String max, String scale, String maxShown, String scaleShown, String size) {
        Map<String, String> environment = new HashMap<>();
        environment.put("vm.kmem_size_max", max);
        environment.put("vm.kmem_size_scale", scale);
        Tunables tunables = Tunables.from(environment::get, 1L << 30);
        assertThat(tunables.kmemSize()).hasToString(size);
        try (Kernel kernel = Kernel.boot(tunables)) {
            assertThat(kernel.sysctl().readText("vm.kmem_size_max")).isEqualTo(maxShown);
            assertThat(kernel.sysctl().readText("vm.kmem_size_scale")).isEqualTo(scaleShown);
        }
    }

    @Test
    void kmemSizeWith1GiBMatchesI386AndAmd64() {
        KmemSize i386 = new KmemSize(12 << 20, 3, 0, 320 << 20, null);
        KmemSize amd64 = new KmemSize(12 << 20, 1, 0, 329_853_485_875L, null);
        assertThat(i386.bytes(262_144, 25_600)).isEqualTo(335_544_320);
        assertThat(amd64.bytes(262_144, 25_600)).isEqualTo(1_073_741_824);
    }
}
