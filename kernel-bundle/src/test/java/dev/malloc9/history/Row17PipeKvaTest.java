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

/** Row 17, b7d6153751: pipes may use 5 % of the kernel map, in whole pages, and at least 512 KiB. */
class Row17PipeKvaTest {

    @Test
    void maxPipeKvaOfI386With1GiBIs16MiB() {
        assertThat(KmemSize.maxPipeKva(335_544_320)).isEqualTo(16_777_216);
    }

    @ParameterizedTest
    @CsvSource({"512m, , 26841088", "8m, , 524288", "10m, , 524288", "11m, , 573440", "8m, 1m, 1048576"})
    void theKnobFollowsTheMapUnlessItIsSet(String map, String set, String expected) {
        Map<String, String> environment = new HashMap<>(Map.of("vm.kmem_size", map));
        if (set != null) {
            environment.put("kern.ipc.maxpipekva", set);
        }
        try (Kernel kernel = Kernel.boot(Tunables.from(environment::get, 1L << 30))) {
            assertThat(kernel.sysctl().readText("kern.ipc.maxpipekva")).isEqualTo(expected);
        }
    }
}
