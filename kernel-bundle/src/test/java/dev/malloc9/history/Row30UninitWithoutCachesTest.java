package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Row 30, 2006-03-03, ps: unregistering a type does not fail if memory is low. The statistics of a type need no block of the allocator. The
 * slabs of left-over blocks and items must be found even if no cache has any entry.
 */
class Row30UninitWithoutCachesTest {

    private final Subsystem kernel = new Subsystem(2L << 20);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void typesAndZonesUnregisterWhileTheMapIsFull(boolean drained) {
        Owner leaky = kernel.load("leaky", M_A);
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("zone", 96, M_A));
        zone.zalloc(M_WAITOK);
        kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.load("greedy", M_B);
        fill(M_B);
        if (drained) {
            kernel.zones().reclaim();
        }
        kernel.unload(leaky);
        assertThat(kernel.leaks).extracting("allocations").containsExactly(1L);
        assertThat(kernel.zonesLeft).extracting("allocations").containsExactly(1L);
        assertThat(kernel.panics).isEmpty();
        kernel.load("next", M_C);
        assertThat(kernel.malloc().malloc(4096, M_C, M_WAITOK))
                .as("their slabs came back")
                .isNotNull();
    }

    @Test
    void aZoneAtItsLimitUnregisters() {
        Owner limited = kernel.load("limited", M_A);
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("zone", 4096, M_A));
        zone.setMax(3);
        while (zone.zalloc(M_NOWAIT) != null) {}
        kernel.unload(limited);
        assertThat(kernel.zonesLeft).extracting("allocations").containsExactly(3L);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    private void fill(MallocType type) {
        while (kernel.malloc().malloc(4096, type, M_NOWAIT) != null) {}
    }
}
