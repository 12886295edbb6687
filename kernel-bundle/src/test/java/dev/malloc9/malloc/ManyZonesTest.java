package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManyZonesTest {

    /**
     * The stacks of a CPU are made for the zones that exist then. Behind 505 to 512 stacks, the numbers of the next zones lie where the
     * items of the first zone are.
     */
    @ParameterizedTest
    @CsvSource({"504, 513", "505, 514", "508, 514", "512, 514", "512, 520", "513, 520", "1017, 1026", "1024, 1026"})
    void zoneWithoutAStackTakesNoItemOfTheFirstZone(int stacks, int used) {
        try (Subsystem kernel = new Subsystem(64L << 20)) {
            kernel.load("driver", M_A);
            while (zones(kernel) < stacks - 1) {
                kernel.zones().zcreate(ZoneRequest.of("early", 200, M_A));
            }
            Zone last = kernel.zones().zcreate(ZoneRequest.of("last", 200, M_A));
            last.zfree(last.zalloc(M_WAITOK));
            List<MemorySegment> small = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                small.add(kernel.malloc().malloc(16, M_A, M_WAITOK));
            }
            small.forEach(block -> kernel.malloc().free(block, M_A));
            while (zones(kernel) < used - 1) {
                kernel.zones().zcreate(ZoneRequest.of("late", 200, M_A));
            }
            Zone late = kernel.zones().zcreate(ZoneRequest.of("used", 200, M_A));
            MemorySegment item = late.zalloc(M_WAITOK);
            assertThat(late.stats().free()).isPositive();
            late.zfree(item);
        }
    }

    private static int zones(Subsystem kernel) {
        return Integer.parseInt(kernel.sysctl().readText("vm.zone_count"));
    }
}
