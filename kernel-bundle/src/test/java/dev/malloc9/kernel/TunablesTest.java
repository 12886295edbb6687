package dev.malloc9.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.vm.MemoryLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the tunables on a machine of 16 GiB. */
class TunablesTest {

    private static final long MEMORY = 16L << 30;

    @Test
    void defaultMapIsTheUsableMemoryUpTo64GiB() {
        assertThat(Tunables.from(name -> null, MEMORY)).satisfies(tunables -> {
            assertThat(tunables.kmemSize()).isEqualTo(17_179_869_184L);
            assertThat(tunables.kmemReserve()).isEqualTo(67_108_864);
            assertThat(tunables.malloc())
                    .isEqualTo(new MallocTunables(1_048_576, SizeClasses.FINE, ZoneSets.ONE, 0, ""));
            assertThat(tunables.param()).isEqualTo(new Param(384, 858_992_640, 48));
        });
        assertThat(Tunables.from(name -> null, 1L << 40).kmemSize()).isEqualTo(68_717_379_584L);
        assertThat(Tunables.from(name -> null, 64 << 20)).satisfies(tunables -> {
            assertThat(tunables.kmemSize()).isEqualTo(67_108_864);
            assertThat(tunables.kmemReserve()).isZero();
            assertThat(tunables.param()).isEqualTo(new Param(32, 3_354_624, 48));
        });
    }

    @Test
    void kmemSizeIsComputedLikeKmeminit() {
        assertThat(size("vm.kmem_size", "6G")).isEqualTo(6_442_450_944L);
        assertThat(size("vm.kmem_size", "0x10000000")).isEqualTo(268_435_456);
        assertThat(size("vm.kmem_size", "0")).isEqualTo(17_179_869_184L);
        assertThat(size("vm.kmem_size", "40g")).isEqualTo(34_359_738_368L);
        assertThat(size("vm.kmem_size_scale", "4")).isEqualTo(4_294_967_296L);
        assertThat(size("vm.kmem_size_scale", "0")).isEqualTo(12_582_912);
        assertThat(size("vm.kmem_size_max", "1g")).isEqualTo(1_073_741_824);
        assertThat(size("vm.kmem_size_min", "20g")).isEqualTo(21_474_836_480L);
    }

    @Test
    void mapSizeIsAtMost64GiB() {
        assertThat(Tunables.from(Map.of("vm.kmem_size", "1t")::get, 1L << 40).kmemSize())
                .isEqualTo(68_717_379_584L);
        assertThat(Tunables.from(Map.of("vm.kmem_size_max", "0")::get, 1L << 40).kmemSize())
                .isEqualTo(68_717_379_584L);
    }

    @Test
    void invalidValuesAndTheObsoleteNameAreIgnored() {
        for (String text : new String[] {"", " ", "g", "1x", "12 34", "-5", "99999999999999999999", "9999999999g"}) {
            assertThat(size("vm.kmem_size", text)).as(text).isEqualTo(17_179_869_184L);
        }
        assertThat(size("kern.vm.kmem.size", "1g")).isEqualTo(17_179_869_184L);
    }

    @Test
    void theReserveIsAsSetOrASmallPartOfAMapThatIsNotTiny() {
        assertThat(Tunables.from(Map.of("vm.kmem_reserve", "2m")::get, MEMORY).kmemReserve())
                .isEqualTo(2_097_152);
        assertThat(Tunables.from(Map.of("vm.kmem_reserve", "0")::get, MEMORY).kmemReserve())
                .isZero();
        assertThat(new Tunables(64 << 20).kmemReserve()).isZero();
        assertThat(new Tunables(128 << 20).kmemReserve()).isEqualTo(524_288);
    }

    /** On a machine of 16 GiB with a cgroup of 1 GiB and a heap of 256 MiB, 512 MiB are left. */
    @Test
    void computedSizeStaysBelowMemoryLimitsWithAnyFloor() {
        MemoryLimits limits = new MemoryLimits(MEMORY, 1L << 30, MemoryLimits.NONE, 256L << 20);
        assertThat(Tunables.from(name -> null, limits).kmem()).satisfies(kmem -> {
            assertThat(kmem.size()).isEqualTo(512L << 20);
            assertThat(kmem.warnings()).isEmpty();
        });
        assertThat(Tunables.from(Map.of("vm.kmem_size_max", "64m")::get, limits).kmemSize())
                .isEqualTo(64L << 20);
        assertThat(Tunables.from(Map.of("vm.kmem_size_min", "2g")::get, limits).kmem())
                .satisfies(kmem -> {
                    assertThat(kmem.size()).isEqualTo(512L << 20);
                    assertThat(kmem.warnings())
                            .containsExactly("tunable vm.kmem_size_min is 2g: more than the 536870912 bytes that the"
                                    + " limits on memory leave; the kernel map has 536870912 bytes");
                });
    }

    @Test
    void sizeOfTheOperatorIsTakenWithOneWarning() {
        MemoryLimits limits = new MemoryLimits(MEMORY, 1L << 30, MemoryLimits.NONE, 256L << 20);
        assertThat(Tunables.from(Map.of("vm.kmem_size", "1g", "vm.kmem_size_min", "2g")::get, limits)
                        .kmem())
                .satisfies(kmem -> {
                    assertThat(kmem.size()).isEqualTo(1L << 30);
                    assertThat(kmem.warnings())
                            .containsExactly("tunable vm.kmem_size is 1g: more than the 536870912 bytes that the"
                                    + " limits on memory leave; the kernel map has 1073741824 bytes");
                });
        assertThat(Tunables.from(Map.of("vm.kmem_size", "900t")::get, limits)
                        .kmem()
                        .warnings())
                .containsExactly("tunable vm.kmem_size is 900t: more than the 536870912 bytes that the"
                        + " limits on memory leave; the kernel map has 34359738368 bytes");
        assertThat(Tunables.from(Map.of("vm.kmem_size", "512m")::get, limits)
                        .kmem()
                        .warnings())
                .isEmpty();
    }

    private static long size(String name, String value) {
        return Tunables.from(Map.of(name, value)::get, MEMORY).kmemSize();
    }
}
