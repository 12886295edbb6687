package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that each hit reduces the number of types that may have caused the damage (row 9, made automatic). */
class SuspectsTest {

    @MallocDefine(name = "x0y")
    private static final MallocType M_X0 = MallocType.define();

    @MallocDefine(name = "x1y")
    private static final MallocType M_X1 = MallocType.define();

    @MallocDefine(name = "x2y")
    private static final MallocType M_X2 = MallocType.define();

    @MallocDefine(name = "x3y")
    private static final MallocType M_X3 = MallocType.define();

    @MallocDefine(name = "x4y")
    private static final MallocType M_X4 = MallocType.define();

    @MallocDefine(name = "x5y")
    private static final MallocType M_X5 = MallocType.define();

    @MallocDefine(name = "x6y")
    private static final MallocType M_X6 = MallocType.define();

    @MallocDefine(name = "x7y")
    private static final MallocType M_X7 = MallocType.define();

    @MallocDefine(name = "x8y")
    private static final MallocType M_X8 = MallocType.define();

    @MallocDefine(name = "x9y")
    private static final MallocType M_X9 = MallocType.define();

    /** The types, which are all in set 1: their names have three characters, and the last character, which selects the set, is the same. */
    private static final List<MallocType> TYPES = List.of(M_X0, M_X1, M_X2, M_X3, M_X4, M_X5, M_X6, M_X7, M_X8, M_X9);

    private static final String CULPRIT = "x8y";

    private final Subsystem kernel = new Subsystem(16L << 20, SizeClasses.BSD, new ZoneSets(8, 900_023));

    SuspectsTest() {
        kernel.load("driver", TYPES.toArray(MallocType[]::new));
        kernel.load("innocent", M_A);
        kernel.subsystem.operator().level(Level.I);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void noTypeIsSuspectedBeforeTheFirstHit() {
        SuspectsInfo info = kernel.subsystem.statistics().suspects();
        assertThat(info.hits()).isZero();
        assertThat(info.types()).isEmpty();
        assertThat(info.sets()).hasSize(8);
        assertThat(info.sets().get(1)).hasSize(11).contains(CULPRIT, "a");
    }

    @Test
    void hitsReduceTheSuspectsToTheCulprit() {
        corrupt();
        assertThat(kernel.subsystem.statistics().suspects().types()).hasSize(11);
        assertThat(kernel.subsystem.statistics().suspects().sets().get(1))
                .as("all are where none was before")
                .isEmpty();
        corrupt();
        assertThat(kernel.subsystem.statistics().suspects().types())
                .hasSizeBetween(1, 2)
                .contains(CULPRIT);
        corrupt();
        assertThat(kernel.subsystem.statistics().suspects().types()).containsExactly(CULPRIT);
        assertThat(kernel.subsystem.statistics().suspects().hits()).isEqualTo(3);
        assertThat(kernel.damages).hasSize(3);
        kernel.subsystem.operator().forgetSuspects();
        assertThat(kernel.subsystem.statistics().suspects().types()).isEmpty();
        assertThat(kernel.subsystem.statistics().suspects().hits()).isZero();
    }

    @Test
    void reloadedTypeStaysInItsSet() {
        corrupt();
        List<List<String>> sets = kernel.subsystem.statistics().suspects().sets();
        Owner again = kernel.load("again", M_X9);
        int set = 0;
        while (!sets.get(set).contains("x9y")) {
            set++;
        }
        assertThat(kernel.subsystem.statistics().suspects().sets().get(set).stream()
                        .filter("x9y"::equals))
                .hasSize(2);
        kernel.unload(again);
    }

    @Test
    void statisticsOfZonesAreExactAfterMoves() {
        List<Long> blocks = new ArrayList<>();
        TYPES.forEach(type -> blocks.add(malloc(type)));
        corrupt();
        corrupt();
        TYPES.forEach(type -> blocks.add(malloc(type)));
        assertThat(inUse()).isEqualTo(2L * TYPES.size());
        for (int i = 0; i < blocks.size(); i++) {
            kernel.rawMalloc().free(blocks.get(i), TYPES.get(i % TYPES.size()));
        }
        assertThat(kernel.subsystem.statistics().zoneStats()).allMatch(zone -> zone.used() == 0);
    }

    @Test
    void itemsCountInTheirZoneAfterTheTypeMoved() {
        List<Long> blocks = new ArrayList<>();
        TYPES.forEach(type -> blocks.add(malloc(type)));
        List<Long> before = used();
        List<Long> ofSetOne = before.subList(SizeClasses.POWERS, 2 * SizeClasses.POWERS);
        assertThat(ofSetOne.stream().mapToLong(Long::longValue).sum()).isEqualTo(TYPES.size());
        List<Long> requests = requests();
        corrupt();
        List<Long> after = used();
        assertThat(after).isEqualTo(before);
        for (int zone = 0; zone < requests.size(); zone++) {
            assertThat(requests().get(zone)).isGreaterThanOrEqualTo(requests.get(zone));
        }
        Owner late = kernel.load("late", M_B);
        kernel.unload(late);
        for (int i = 0; i < blocks.size(); i++) {
            kernel.rawMalloc().free(blocks.get(i), TYPES.get(i));
            assertThat(used()).allMatch(used -> used >= 0);
        }
        assertThat(used()).allMatch(used -> used == 0);
    }

    private List<Long> used() {
        return kernel.subsystem.statistics().zoneStats().stream()
                .map(ZoneStats::used)
                .toList();
    }

    private List<Long> requests() {
        return kernel.subsystem.statistics().zoneStats().stream()
                .map(ZoneStats::requests)
                .toList();
    }

    private long inUse() {
        return kernel.subsystem.statistics().zoneStats().stream()
                .mapToLong(ZoneStats::used)
                .sum();
    }

    /** Lets the culprit write to a block of a type that currently shares its zones. */
    private void corrupt() {
        List<String> mates = kernel.subsystem.statistics().suspects().sets().stream()
                .filter(set -> set.contains(CULPRIT))
                .findFirst()
                .orElseThrow();
        MallocType victim = TYPES.stream()
                .filter(type -> mates.contains(type.name()))
                .findFirst()
                .orElseThrow();
        long block = malloc(victim);
        MemorySegment.ofAddress(block + 11).reinterpret(1).set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        kernel.rawMalloc().free(block, victim);
    }

    private long malloc(MallocType type) {
        return kernel.rawMalloc().malloc(10, type, M_WAITOK);
    }
}
