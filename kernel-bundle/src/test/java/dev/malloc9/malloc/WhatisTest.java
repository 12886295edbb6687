package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the description of an address for every kind of place in which it can lie. */
class WhatisTest {

    private static final ModuleId MODULE = new ModuleId("tests", "1", 7);

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = kernel.load("tests", Subsystem.M_A, Subsystem.M_B);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void whatisFindsABlockByStartAndInteriorAddress() {
        long block = kernel.rawMalloc().malloc(100, Subsystem.M_A, M_WAITOK);
        expect(block, new AddressInfo(block, Place.BLOCK, block, 128, -1, "128", MODULE, "a", null, null));
        AddressInfo inside = kernel.subsystem.statistics().whatis(block + 100);
        assertThat(inside.offset()).isEqualTo(100);
        expect(block + 100, new AddressInfo(block + 100, Place.BLOCK, block, 128, -1, "128", MODULE, "a", null, null));
    }

    @Test
    void whatisFindsAPageRunAndItsTail() {
        long run = kernel.rawMalloc().malloc(100_000, Subsystem.M_B, M_WAITOK);
        long last = run + 102_399;
        expect(last, new AddressInfo(last, Place.BLOCK, run, 102_400, -1, "", MODULE, "b", null, null));
        long behind = run + 102_400;
        expect(behind, new AddressInfo(behind, Place.TAIL, behind, 0, -1, "", null, null, null, null));
    }

    @Test
    void whatisFindsAnItemOfAZone() {
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("frames", 48, Subsystem.M_A));
        MemorySegment item = zone.zalloc(M_WAITOK);
        long at = item.address() + 1;
        expect(at, new AddressInfo(at, Place.ITEM, item.address(), 48, -1, "frames", MODULE, "frames", null, null));
    }

    @Test
    void whatisFindsAFreeItem() {
        long block = kernel.rawMalloc().malloc(64, Subsystem.M_A, M_WAITOK);
        kernel.rawMalloc().free(block, Subsystem.M_A);
        expect(block + 63, new AddressInfo(block + 63, Place.FREE, block, 64, -1, "64", null, null, null, null));
    }

    @Test
    void whatisFindsTheTailOfASlab() {
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("odd", 48, Subsystem.M_A));
        long item = zone.zalloc(M_WAITOK).address();
        long end = (item | 0xffff) + 1;
        long tail = end - 65_536 % 48;
        expect(end - 1, new AddressInfo(end - 1, Place.TAIL, tail, 0, -1, "odd", null, null, null, null));
        assertThat(kernel.subsystem.statistics().whatis(tail - 1).place()).isEqualTo(Place.FREE);
    }

    @Test
    void whatisFindsALeakedRawBlock() {
        long block = kernel.rawMalloc().malloc(64, Subsystem.M_A, M_WAITOK);
        kernel.unload(owner);
        expect(block, new AddressInfo(block, Place.QUARANTINE, block, 64, -1, "64", null, null, null, null));
    }

    @Test
    void whatisFindsAGuardedBlockAndItsGuardPage() {
        kernel.subsystem.operator().level(owner.module(), Level.G);
        long block = kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK).address();
        AddressInfo live = kernel.subsystem.statistics().whatis(block);
        assertThat(live)
                .isEqualTo(
                        new AddressInfo(block, Place.BLOCK, block, 100, 100, "", MODULE, "a", live.allocated(), null));
        assertThat(String.valueOf(live.allocated())).contains("WhatisTest.whatisFindsAGuardedBlock");
        AddressInfo slack = kernel.subsystem.statistics().whatis(block - 1);
        assertThat(slack.place()).isEqualTo(Place.GUARD);
        assertThat(slack.offset()).isEqualTo(-1);
        long hole = (block | 4095) + 1;
        assertThat(kernel.subsystem.statistics().whatis(hole).place()).isEqualTo(Place.GUARD);
        assertThat(kernel.subsystem.statistics().whatis(hole).start()).isEqualTo(block);
        long far = hole + (1 << 20);
        expect(far, new AddressInfo(far, Place.GUARD, 0, 0, -1, "", null, null, null, null));
        kernel.rawMalloc().free(block, Subsystem.M_A);
        AddressInfo freed = kernel.subsystem.statistics().whatis(block);
        assertThat(freed.place()).isEqualTo(Place.GUARD);
        assertThat(freed.start()).isEqualTo(block);
        assertThat(String.valueOf(freed.freed())).contains("WhatisTest.whatisFindsAGuardedBlock");
    }

    @Test
    void whatisFindsAHoleOfTheMap() {
        long hole = kernel.map.base() + kernel.map.size() - 1;
        expect(hole, new AddressInfo(hole, Place.HOLE, 0, 0, -1, "", null, null, null, null));
    }

    @Test
    void whatisFindsHolesAndForeignMemory() {
        for (long address : new long[] {
            0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, kernel.map.base() - 1, kernel.map.base() + kernel.map.size()
        }) {
            expect(address, new AddressInfo(address, Place.FOREIGN, 0, 0, -1, "", null, null, null, null));
        }
    }

    private void expect(long address, AddressInfo expected) {
        assertThat(kernel.subsystem.statistics().whatis(address)).isEqualTo(expected);
    }
}
