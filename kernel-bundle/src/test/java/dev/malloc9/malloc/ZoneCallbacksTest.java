package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which actions constructors, destructors, inits and finis may perform, and when they run (sections 7.2 and 7.5 of the facts). */
@Timeout(60)
class ZoneCallbacksTest {

    private static final int ENOMEM = 12;
    private static final int PER_SLAB = 65536 / 1024;

    private final Subsystem kernel = new Subsystem(2L << 20);
    private final Owner owner = kernel.load("driver", M_A);
    private final ZoneRequest request = ZoneRequest.of("things", 1024, M_A);

    /** The callbacks that ran, in order. */
    private final List<String> ran = new ArrayList<>();

    /** The addresses of the items on which init has run and fini has not. */
    private final Set<Long> prepared = new HashSet<>();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void constructorsAndDestructorsGetTheirArguments() {
        Zone zone = kernel.zones()
                .zcreate(request.withCtor((item, arg, flags) -> {
                            ran.add("ctor " + item.byteSize() + " " + arg + " " + flags);
                            return 0;
                        })
                        .withDtor((item, arg) -> ran.add("dtor " + item.byteSize() + " " + arg)));
        MemorySegment item = zone.zalloc("x", M_WAITOK);
        zone.zfree(item, "y");
        zone.zfree(zone.zalloc(M_NOWAIT));
        zone.raw().zfree(zone.raw().zalloc("r", M_NOWAIT), "s");
        assertThat(ran)
                .containsExactly(
                        "ctor 1024 x 2",
                        "dtor 1024 y",
                        "ctor 1024 null 1",
                        "dtor 1024 null",
                        "ctor 1024 r 1",
                        "dtor 1024 s");
        assertCounts(0, 3, 0);
    }

    @Test
    void zeroingComesAfterTheConstructor() {
        Zone zone = kernel.zones().zcreate(request.withCtor((item, arg, flags) -> {
            item.fill((byte) 7);
            return 0;
        }));
        assertThat(zone.zalloc(M_WAITOK).get(ValueLayout.JAVA_BYTE, 1023)).isEqualTo((byte) 7);
        assertThat(zone.zalloc(M_WAITOK | M_ZERO).get(ValueLayout.JAVA_BYTE, 1023))
                .isZero();
    }

    @Test
    void refusalOfAConstructorCountsAndRunsNoDestructor() {
        Zone zone = kernel.zones()
                .zcreate(request.withCtor((item, arg, flags) -> ENOMEM).withDtor((item, arg) -> ran.add("dtor")));
        assertThat(zone.zalloc(M_NOWAIT)).isNull();
        assertThat(zone.raw().zalloc(M_NOWAIT)).isZero();
        assertThatExceptionOfType(ItemFailed.class)
                .isThrownBy(() -> zone.zalloc(M_WAITOK))
                .withMessage("ctor of zone 'things' returned 12")
                .satisfies(error -> assertThat(error.errno()).isEqualTo(ENOMEM));
        assertThat(ran).isEmpty();
        assertCounts(0, 3, 3);
    }

    @Test
    void exceptionOfAConstructorReachesTheCaller() {
        Zone zone = kernel.zones().zcreate(request.withCtor((item, arg, flags) -> {
            throw new IllegalStateException("no");
        }));
        assertThatIllegalStateException()
                .isThrownBy(() -> zone.zalloc(M_WAITOK))
                .withMessage("no");
        assertThatIllegalStateException()
                .isThrownBy(() -> zone.zalloc(M_NOWAIT))
                .withMessage("no");
        assertCounts(0, 2, 2);
        zone.drain();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void aConstructorThatFailsUnderALimitGivesItsCreditBack() {
        Zone zone = kernel.zones().zcreate(request.withCtor((item, arg, flags) -> arg == null ? 0 : ENOMEM));
        assertThat(zone.setMax(1)).isEqualTo(4);
        for (int i = 0; i < 9; i++) {
            assertThat(zone.zalloc("no", M_NOWAIT)).isNull();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(zone.zalloc(M_NOWAIT)).isNotNull();
        }
        assertThat(zone.zalloc(M_NOWAIT)).isNull();
    }

    @Test
    void exceptionOfADestructorKeepsTheItem() {
        Zone zone = kernel.zones().zcreate(request.withDtor((item, arg) -> {
            if (arg == null) {
                throw new IllegalStateException("not yet");
            }
        }));
        MemorySegment item = zone.zalloc(M_WAITOK);
        assertThatIllegalStateException().isThrownBy(() -> zone.zfree(item)).withMessage("not yet");
        assertCounts(1, 1, 0);
        zone.zfree(item, "now");
        assertCounts(0, 1, 0);
    }

    @Test
    void aWrongFreeRunsNoDestructor() {
        Zone zone = kernel.zones().zcreate(request.withDtor((item, arg) -> ran.add("dtor")));
        MemorySegment item = zone.zalloc(M_WAITOK);
        zone.zfree(item);
        assertThatExceptionOfType(KernelPanic.class).isThrownBy(() -> zone.zfree(item));
        assertThat(ran).hasSize(1);
    }

    @Test
    void initAndFiniRunOnceForEachItemOfASlab() {
        Zone zone = zoneOfPreparedItems();
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < 2 * PER_SLAB; i++) {
            items.add(zone.zalloc(M_WAITOK));
        }
        assertThat(prepared).hasSizeGreaterThanOrEqualTo(2 * PER_SLAB).hasSize(itemsOfSlabs());
        for (int round = 0; round < 3; round++) {
            items.forEach(zone::zfree);
            items.replaceAll(item -> zone.zalloc(M_WAITOK));
            items.forEach(item -> assertThat(prepared).contains(item.address()));
        }
        assertThat(prepared).hasSize(itemsOfSlabs());
        items.forEach(zone::zfree);
        zone.zdestroy();
        assertThat(prepared).isEmpty();
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void failedInitUndoesTheItemsBefore() {
        for (int k = 1; k <= 2 * PER_SLAB; k++) {
            int failing = k;
            int[] calls = {0};
            Zone zone = kernel.zones()
                    .zcreate(request.withInit((item, flags) -> {
                                if (++calls[0] == failing) {
                                    return ENOMEM;
                                }
                                prepared.add(item.address());
                                return 0;
                            })
                            .withFini(item ->
                                    assertThat(prepared.remove(item.address())).isTrue()));
            List<MemorySegment> items = new ArrayList<>();
            int failures = 0;
            while (items.size() < 2 * PER_SLAB) {
                MemorySegment item = zone.zalloc(M_NOWAIT);
                if (item == null) {
                    failures++;
                } else {
                    assertThat(prepared).contains(item.address());
                    items.add(item);
                }
            }
            // A failure in the second slab during the filling of a bucket is not reported to the caller, and the slab
            // is tried again.
            assertThat(failures).isEqualTo(k <= PER_SLAB ? 1 : 0);
            assertThat(new HashSet<>(items)).hasSameSizeAs(items);
            items.forEach(zone::zfree);
            zone.zdestroy();
            assertThat(prepared).isEmpty();
            assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        }
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void refusalOfAnInitIsItemFailed() {
        Zone zone = kernel.zones().zcreate(request.withInit((item, flags) -> ENOMEM));
        assertThatExceptionOfType(ItemFailed.class)
                .isThrownBy(() -> zone.zalloc(M_WAITOK))
                .withMessage("init of zone 'things' returned 12");
        assertThat(zone.zalloc(M_NOWAIT)).isNull();
        assertCounts(0, 0, 2);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 65, 100, 128})
    void exceptionOfAnInitReachesTheCaller(int k) {
        int[] calls = {0};
        Zone zone = kernel.zones()
                .zcreate(request.withInit((item, flags) -> {
                            if (++calls[0] == k) {
                                throw new IllegalStateException("at " + k);
                            }
                            prepared.add(item.address());
                            return 0;
                        })
                        .withFini(item ->
                                assertThat(prepared.remove(item.address())).isTrue()));
        List<MemorySegment> items = new ArrayList<>();
        assertThatIllegalStateException()
                .isThrownBy(() -> {
                    while (items.size() < 129) {
                        items.add(zone.zalloc(M_WAITOK));
                    }
                })
                .withMessage("at " + k);
        items.forEach(zone::zfree);
        zone.zdestroy();
        assertThat(prepared).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void aFiniThatThrowsIsRecordedAndTheOthersRun() {
        Zone zone = kernel.zones().zcreate(request.withFini(item -> {
            ran.add("fini");
            throw new IllegalStateException("never");
        }));
        zone.zfree(zone.zalloc(M_WAITOK));
        zone.drain();
        assertThat(ran).hasSize(PER_SLAB);
        assertThat(kernel.panics)
                .hasSize(PER_SLAB)
                .allMatch(panic -> "fini of zone 'things' of driver 1 (7) threw java.lang.IllegalStateException: never"
                        .equals(panic.getMessage()));
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void stopDoesNotCallFini() {
        Zone zone = zoneOfPreparedItems();
        zone.zalloc(M_WAITOK);
        kernel.unload(owner);
        assertThat(prepared).hasSize(PER_SLAB);
        assertThat(kernel.panics).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void failedZinitStopsTheFilling() {
        int[] calls = {0};
        Zone zone = kernel.zones().zcreate(request);
        zone.setZinit((item, flags) -> ++calls[0] % 5 == 0 ? ENOMEM : keep(item));
        zone.setZfini(item -> assertThat(prepared.remove(item.address())).isTrue());
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            MemorySegment item = zone.zalloc(M_NOWAIT);
            if (item != null) {
                assertThat(prepared).contains(item.address());
                items.add(item);
            }
        }
        assertThat(items).hasSize(20);
        assertThat(prepared).as("a filling of four at a time").hasSize(20);
        items.forEach(zone::zfree);
        zone.drain();
        assertThat(prepared).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void onlyTheFirstItemOfAFillingMayWait() {
        List<Long> seen = new ArrayList<>();
        Zone zone = kernel.zones().zcreate(request);
        zone.setZinit((item, flags) -> {
            seen.add(flags);
            return 0;
        });
        zone.zfree(zone.zalloc(M_WAITOK));
        assertThat(seen).hasSizeGreaterThan(1);
        assertThat(seen.getFirst()).isEqualTo(M_WAITOK);
        assertThat(seen.subList(1, seen.size())).containsOnly(M_NOWAIT);
    }

    @Test
    void callbacksMayBeSetWhileThereAreNoSlabs() {
        Zone zone = kernel.zones().zcreate(request);
        zone.setInit((item, flags) -> keep(item));
        zone.setFini(item -> assertThat(prepared.remove(item.address())).isTrue());
        zone.zfree(zone.zalloc(M_WAITOK));
        assertThat(prepared).hasSize(PER_SLAB);
        zone.drain();
        assertThat(prepared).isEmpty();
        assertThat(kernel.panics).isEmpty();
    }

    private int itemsOfSlabs() {
        return (int) (kernel.subsystem.statistics().kernelMap().used() / 1024);
    }

    private int keep(MemorySegment item) {
        assertThat(prepared.add(item.address())).isTrue();
        return 0;
    }

    private Zone zoneOfPreparedItems() {
        return kernel.zones()
                .zcreate(request.withInit((item, flags) -> keep(item))
                        .withFini(item ->
                                assertThat(prepared.remove(item.address())).isTrue()));
    }

    private void assertCounts(long used, long requests, long failures) {
        ZoneStats stats = kernel.subsystem.statistics().zoneStats().getLast();
        assertThat(List.of(stats.used(), stats.requests(), stats.failures()))
                .as("used, requests, failures")
                .containsExactly(used, requests, failures);
    }
}
