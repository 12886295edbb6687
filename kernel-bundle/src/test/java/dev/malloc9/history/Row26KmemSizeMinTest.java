package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 26, a1e73b1eaf: vm.kmem_size_min is a floor of the computed size, and is applied before the ceiling and before an explicit size. */
class Row26KmemSizeMinTest {

    /** For a machine of 1 GiB. With a scale of 0, the computed size is 12 MiB. */
    @ParameterizedTest
    @CsvSource({
        ", , , 12582912",
        "400M, , , 419430400",
        "400M, 320M, , 335544320",
        "400M, , 64M, 67108864",
        "400M, 320M, 512M, 536870912",
        "8M, , , 12582912",
        "0, , , 12582912",
        ", , 4G, 2147483648"
    })
    void floorIsAppliedBeforeCeilingAndSize(String min, String max, String size, String expected) {
        Map<String, String> environment = new HashMap<>(Map.of("vm.kmem_size_scale", "0"));
        environment.put("vm.kmem_size_min", min);
        environment.put("vm.kmem_size_max", max);
        environment.put("vm.kmem_size", size);
        try (Kernel kernel = Kernel.boot(Tunables.from(environment::get, 1L << 30))) {
            assertThat(kernel.sysctl().readText("vm.kmem_size")).isEqualTo(expected);
        }
    }
}
