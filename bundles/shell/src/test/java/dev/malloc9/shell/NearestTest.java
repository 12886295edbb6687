package dev.malloc9.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final List<String> NAMES =
            List.of("kern.malloc_count", "kern.malloc_stats", "vm.kmem_size", "vm.kmem_size_max", "vm.zone_count");

    @ParameterizedTest
    @CsvSource({
        "vm.kmem_sise, vm.kmem_size",
        "vm.kmemsize, vm.kmem_size",
        "kern.malloc_stat, kern.malloc_stats",
        "vm.kmem_size_maxx, vm.kmem_size_max",
        "vm.zones_count, vm.zone_count"
    })
    void mistypedNameSuggestsTheNearestName(String typed, String meant) {
        assertThat(Nearest.to(typed, NAMES)).contains(meant);
    }

    @Test
    void distantNameHasNoSuggestion() {
        assertThat(Nearest.to("hw.ncpu", NAMES)).isEmpty();
        assertThat(Nearest.to("", NAMES)).isEmpty();
        assertThat(Nearest.to("vm", List.of())).isEmpty();
    }
}
