package malloc9.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import malloc9.malloc.MallocTunables;
import malloc9.malloc.SizeClasses;
import malloc9.malloc.ZoneSets;
import org.junit.jupiter.api.Test;

/** On a machine of 16 GiB. */
class TunablesTest {

    private static final long MEMORY = 16L << 30;

    @Test
    void aDefaultStartMapsTheMemoryThatTheProcessMayUseUpTo64GiB() {
        assertThat(Tunables.from(name -> null, MEMORY)).satisfies(tunables -> {
            assertThat(tunables.kmemSize()).isEqualTo(17_179_869_184L);
            assertThat(tunables.kmemReserve()).isEqualTo(67_108_864);
            assertThat(tunables.malloc())
                    .isEqualTo(new MallocTunables(1_048_576, SizeClasses.FINE, ZoneSets.ONE, 0, ""));
            assertThat(tunables.param()).isEqualTo(new Param(384, 858_992_640));
            assertThat(tunables.bootPages().pages()).isEqualTo(48);
        });
        assertThat(Tunables.from(name -> null, 1L << 40).kmemSize()).isEqualTo(68_717_379_584L);
        assertThat(Tunables.from(name -> null, 64 << 20)).satisfies(tunables -> {
            assertThat(tunables.kmemSize()).isEqualTo(67_108_864);
            assertThat(tunables.kmemReserve()).isZero();
            assertThat(tunables.param()).isEqualTo(new Param(32, 3_354_624));
        });
    }

    @Test
    void theSizeIsComputedAsKmeminitDoes() {
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
    void noWayLeadsAbove64GiB() {
        assertThat(Tunables.from(Map.of("vm.kmem_size", "1t")::get, 1L << 40).kmemSize())
                .isEqualTo(68_717_379_584L);
        assertThat(Tunables.from(Map.of("vm.kmem_size_max", "0")::get, 1L << 40).kmemSize())
                .isEqualTo(68_717_379_584L);
    }

    @Test
    void whatDoesNotParseAndTheObsoleteNameAreIgnored() {
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

    private static long size(String name, String value) {
        return Tunables.from(Map.of(name, value)::get, MEMORY).kmemSize();
    }
}
