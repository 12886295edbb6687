package dev.malloc9.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the warnings about lines of loader.conf that have no effect, or another effect than their text says. */
class LoaderConfCheckTest {

    @Test
    void eachUnusableLineIsReportedOnce() {
        assertThat(complaints(
                        Map.of(),
                        "vm.nosuch=\"1\"",
                        "vm.kmem_size=\"900t\"",
                        "vm.kmem_size_min=\"12q\"",
                        "kern.smp.maxcpus=4",
                        "vm",
                        "vm=\"1\"",
                        "debug.malloc.numzones=\"9\"",
                        "vm.malloc.size_classes=\"coarse\"",
                        "nosuch=1"))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("f:5: ignored, not NAME=\"VALUE\": vm"),
                        line -> assertThat(line)
                                .isEqualTo(
                                        "f:1: vm.nosuch=\"1\" is ignored: no such tunable, unless a driver declares it"),
                        line -> assertThat(line).matches("f:2: vm\\.kmem_size=\"900t\" cannot be used: it is \\d+"),
                        line -> assertThat(line).isEqualTo("f:3: vm.kmem_size_min=\"12q\" is ignored: not a number"),
                        line -> assertThat(line).isEqualTo("f:4: kern.smp.maxcpus=\"4\" is ignored: read only"),
                        line -> assertThat(line)
                                .isEqualTo("f:6: vm=\"1\" is ignored: no such tunable, unless a driver declares it"),
                        line -> assertThat(line).isEqualTo("f:7: debug.malloc.numzones=\"9\" cannot be used: it is 8"),
                        line -> assertThat(line)
                                .isEqualTo("f:8: vm.malloc.size_classes=\"coarse\" cannot be used: it is fine"),
                        line -> assertThat(line)
                                .isEqualTo(
                                        "f:9: nosuch=\"1\" is ignored: no such tunable, unless a driver declares it"));
    }

    @Test
    void usableLinesAreSilent() {
        assertThat(complaints(
                        Map.of(),
                        "vm.kmem_size=\"33333333\"",
                        "kern.maxusers=0",
                        "debug.malloc.level=\"i\"",
                        "vm.malloc.size_classes=\"bsd\"",
                        "vm.memguard.desc=\"a,b*\"",
                        "debug.malloc.failure_rate=0x10",
                        "kern.ipc.nmbclusters=1000"))
                .isEmpty();
    }

    @Test
    void lineOverriddenByAPropertyIsNotReported() {
        assertThat(complaints(Map.of("vm.kmem_size", "32m"), "vm.kmem_size=\"900t\""))
                .isEmpty();
    }

    private static List<String> complaints(Map<String, String> properties, String... lines) {
        List<String> complaints = new ArrayList<>();
        LoaderConf conf = LoaderConf.parse("f", String.join("\n", lines), complaints::add);
        Tunables tunables =
                Tunables.from(name -> properties.containsKey(name) ? properties.get(name) : conf.get(name), 1L << 30);
        try (Kernel kernel = Kernel.boot(tunables)) {
            complaints.addAll(LoaderConfCheck.complaints(conf, properties::get, kernel.sysctl()));
        }
        return complaints;
    }
}
