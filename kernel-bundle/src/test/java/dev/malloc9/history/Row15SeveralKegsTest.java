package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.zone.SecondaryRequest;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.Subsystem;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row 15, 2009-01-25, jeff: a zone may have several kegs, items may be spread over cache lines, and a zone knows its item size. */
class Row15SeveralKegsTest {

    private final Subsystem kernel = new Subsystem();

    @BeforeEach
    void load() {
        kernel.load("driver", M_A);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aKegIsAddedToASecondaryZoneOnly() {
        Zone primary = zone("primary", 256, 0);
        Zone secondary = kernel.zones().zsecondCreate(SecondaryRequest.of("secondary"), primary);
        assertThatNoException().isThrownBy(() -> kernel.zones().zsecondAdd(secondary, zone("equal", 256, 0)));
        refused("EINVAL", primary, zone("equal", 256, 0));
        refused("EINVAL", secondary, secondary);
        refused("EINVAL", secondary, zone("counted", 256, UMA_ZONE_REFCNT));
        refused("E2BIG", secondary, zone("smaller", 128, 0));
        assertThat(secondary.size()).isEqualTo(256);
        assertThat(secondary.zalloc(M_WAITOK).byteSize()).isEqualTo(256);
    }

    @Test
    void spreadItemsStartOnEveryLineOfAPage() {
        Zone spread = kernel.zones()
                .zcreate(ZoneRequest.of("spread", 1024, M_A).withAlign(63).withFlags(UMA_ZONE_CACHESPREAD));
        Set<Long> starts = new HashSet<>();
        for (int i = 0; i < 240; i++) {
            starts.add(spread.zalloc(M_WAITOK).address() % 4096);
        }
        assertThat(starts).hasSize(64).allMatch(start -> start % 64 == 0);
    }

    private Zone zone(String name, long size, int flags) {
        return kernel.zones().zcreate(ZoneRequest.of(name, size, M_A).withFlags(flags));
    }

    private void refused(String errno, Zone secondary, Zone master) {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> kernel.zones().zsecondAdd(secondary, master))
                .withMessageEndingWith("(" + errno + ")");
    }
}
