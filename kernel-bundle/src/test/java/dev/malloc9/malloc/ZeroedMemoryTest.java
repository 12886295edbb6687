package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneFlags;
import dev.malloc9.api.zone.ZoneRequest;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests memory that must read as zero although a stale address wrote to it after the free of its last block. */
@ParameterizedClass
@EnumSource(Level.class)
class ZeroedMemoryTest {

    private static final int MAP = 4 << 20;

    private final Subsystem kernel = new Subsystem(MAP);

    ZeroedMemoryTest(Level level) {
        kernel.load("driver", M_A);
        kernel.load("other", M_B);
        kernel.subsystem.operator().level(level);
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        writeStale(kernel.malloc().contigmalloc(MAP, M_A, M_WAITOK, 0, -1, 0, 0));
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    /** Frees a block, and then writes through its former address. */
    private void writeStale(MemorySegment block) {
        long address = block.address();
        long bytes = block.byteSize();
        kernel.malloc().free(block, M_A);
        MemorySegment.ofAddress(address).reinterpret(bytes).fill((byte) 0x55);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 4096, 65_536, 65_537, 100_000, 1 << 20})
    void mallocWithZeroReadsAsZero(long size) {
        MemorySegment block = kernel.malloc().malloc(size, M_B, M_WAITOK | M_ZERO);
        assertThat(block.toArray(JAVA_BYTE)).containsOnly(0);
        long raw = kernel.rawMalloc().malloc(size, M_B, M_WAITOK | M_ZERO);
        assertThat(MemorySegment.ofAddress(raw).reinterpret(size).toArray(JAVA_BYTE))
                .containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 5000, 66_000, 100_000})
    void reallocWithZeroGrowsByZeroes(long size) {
        MemorySegment block = kernel.malloc().malloc(size, M_B, M_WAITOK | M_ZERO);
        MemorySegment grown = kernel.malloc().realloc(block, size + 100, M_B, M_WAITOK | M_ZERO);
        assertThat(grown.toArray(JAVA_BYTE)).containsOnly(0);
        MemorySegment large = kernel.malloc().realloc(grown, 5 * size, M_B, M_WAITOK | M_ZERO);
        assertThat(large.toArray(JAVA_BYTE)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4096, 100_000, 1 << 20})
    void contigmallocWithZeroReadsAsZero(long size) {
        MemorySegment block = kernel.malloc().contigmalloc(size, M_B, M_WAITOK | M_ZERO, 4096, -1, 4096, 0);
        assertThat(block.toArray(JAVA_BYTE)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 1000, 5000, 200_000})
    void itemsOfAZeroedZoneReadAsZero(long size) {
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("zeroed", size, M_B).withFlags(ZoneFlags.UMA_ZONE_ZINIT));
        for (int i = 0; i < 4; i++) {
            assertThat(zone.zalloc(M_WAITOK).toArray(JAVA_BYTE)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 1000, 5000, 200_000})
    void itemsThatAreAskedForWithZeroReadAsZero(long size) {
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("plain", size, M_B));
        for (int i = 0; i < 4; i++) {
            assertThat(zone.zalloc(M_WAITOK | M_ZERO).toArray(JAVA_BYTE)).containsOnly(0);
        }
    }
}
