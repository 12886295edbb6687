package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 9, 2010-07-28: MALLOC_DEBUG_MAXZONES, parallel zones for types of different names. */
class Row09ParallelZonesTest {

    @MallocDefine(name = "temp")
    private static final MallocType M_TEMP = MallocType.define();

    @MallocDefine(name = "devbuf")
    private static final MallocType M_DEVBUF = MallocType.define();

    @MallocDefine(name = "cache")
    private static final MallocType M_CACHE = MallocType.define();

    private static final int OFFSET = 900_023;
    private static final int UNIT_SHIFT = 16;

    @ParameterizedTest
    @CsvSource({
        "temp, 900023, 0",
        "devbuf, 900023, 6",
        "cache, 900023, 0",
        "temp, 900022, 5",
        "devbuf, 900022, 5",
        "cache, 900022, 3",
        "temp, 0, 4",
        "temp, -1, 0"
    })
    void theGoldenPartition(String type, int offset, int set) {
        assertThat(new ZoneSets(8, offset).of(type)).isEqualTo(set);
        assertThat(new ZoneSets(1, offset).of(type)).isZero();
    }

    @Test
    void aNameWithoutCharactersIsInTheFirstSet() {
        assertThat(new ZoneSets(8, OFFSET).of("")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 1", "-4, 1", "5, 5", "8, 8", "9, 8", "4000000000000, 8", "many, 1", ", 1"})
    void theNumberOfSetsIsBounded(String said, int sets) {
        Tunables tunables = Tunables.from(name -> name.equals("debug.malloc.numzones") ? said : null);
        assertThat(tunables.zoneSets()).isEqualTo(new ZoneSets(sets, 900_023));
    }

    @Test
    void zoneOffsetIsTakenFromTheTunable() {
        Tunables tunables = Tunables.from(name -> switch (name) {
            case "debug.malloc.numzones" -> "8";
            case "debug.malloc.zone_offset" -> "900022";
            default -> null;
        });
        assertThat(tunables.zoneSets().of("devbuf")).isEqualTo(5);
    }

    @Test
    void typesOfDifferentSetsNeverShareASlab() {
        try (Subsystem kernel = boot(OFFSET)) {
            Random random = new Random(9);
            Set<Long> temp = new HashSet<>();
            Set<Long> devbuf = new HashSet<>();
            List<MemorySegment> freed = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
                boolean first = random.nextBoolean();
                MallocType type = first ? M_TEMP : M_DEVBUF;
                MemorySegment block = kernel.malloc().malloc(random.nextInt(4097), type, M_WAITOK);
                (first ? temp : devbuf).add(block.address() >>> UNIT_SHIFT);
                if (random.nextInt(4) != 0) {
                    kernel.malloc().free(block, type);
                    freed.add(block);
                }
            }
            assertThat(freed).isNotEmpty();
            assertThat(temp).isNotEmpty().doesNotContainAnyElementsOf(devbuf);
        }
    }

    @Test
    void typesOfOneSetShareASlab() {
        try (Subsystem kernel = boot(OFFSET)) {
            assertThat(unitOf(kernel, M_TEMP)).isEqualTo(unitOf(kernel, M_CACHE));
        }
    }

    @Test
    void otherZoneOffsetPartitionsTypesAnew() {
        try (Subsystem kernel = boot(OFFSET - 1)) {
            assertThat(unitOf(kernel, M_TEMP)).isEqualTo(unitOf(kernel, M_DEVBUF));
            assertThat(unitOf(kernel, M_TEMP)).isNotEqualTo(unitOf(kernel, M_CACHE));
        }
    }

    @Test
    void intersectionOfFourBootsKeepsFewSuspects() {
        Random random = new Random(8);
        List<String> types = Stream.generate(() -> random.ints(3 + random.nextInt(6), 'a', 'z' + 1)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .limit(300)
                .toList();
        String culprit = types.get(123);
        Set<String> suspects = new HashSet<>(types);
        int before = suspects.size();
        for (int offset : new int[] {OFFSET, OFFSET - 1, OFFSET - 2, OFFSET - 3}) {
            ZoneSets boot = new ZoneSets(8, offset);
            suspects.removeIf(type -> boot.of(type) != boot.of(culprit));
        }
        assertThat(suspects).contains(culprit).hasSizeLessThan(before / 50);
    }

    @Test
    void eachSetHasZonesOfTheSameNames() {
        try (Subsystem kernel = boot(OFFSET)) {
            List<ZoneStats> zones = kernel.subsystem.statistics().zoneStats();
            assertThat(zones).hasSize(8 * 9);
            assertThat(zones.stream().filter(zone -> zone.name().equals("64"))).hasSize(8);
            kernel.malloc().malloc(64, M_DEVBUF, M_WAITOK);
            assertThat(kernel.subsystem.statistics().zoneStats().get(6 * 9 + 2).used())
                    .isEqualTo(1);
            assertThat(kernel.subsystem.statistics().zoneStats().get(2).used()).isZero();
        }
    }

    @Test
    void statisticsAndLeaksAreExactInEverySet() {
        try (Subsystem kernel = boot(OFFSET)) {
            Owner owner = kernel.load("more", Subsystem.M_A, Subsystem.M_B);
            Malloc malloc = kernel.malloc();
            for (MallocType type : List.of(Subsystem.M_A, Subsystem.M_B)) {
                for (int i = 0; i < 300; i++) {
                    malloc.free(malloc.malloc(i * 20L, type, M_NOWAIT), type);
                }
                malloc.malloc(100, type, M_WAITOK);
                malloc.malloc(5000, type, M_WAITOK);
            }
            assertThat(kernel.stats("a").allocs()).isEqualTo(302);
            assertThat(kernel.stats("b").bytesInUse()).isEqualTo(128 + 8192);
            kernel.unload(owner);
            assertThat(kernel.leaks).hasSize(2).allMatch(leak -> leak.allocations() == 2 && leak.bytes() == 8320);
            assertThat(kernel.subsystem.statistics().zoneStats()).allMatch(zone -> zone.used() == 0);
        }
    }

    private static Subsystem boot(int offset) {
        Subsystem kernel = new Subsystem(64 << 20, SizeClasses.BSD, new ZoneSets(8, offset));
        kernel.load("driver", M_TEMP, M_DEVBUF, M_CACHE);
        return kernel;
    }

    /** Allocates a block of 64 bytes, and returns the number of the address unit in which its slab lies. */
    private static long unitOf(Subsystem kernel, MallocType type) {
        return kernel.malloc().malloc(64, type, M_WAITOK).address() >>> UNIT_SHIFT;
    }
}
