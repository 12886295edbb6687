package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.trace.Recorded;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests for which types probes are on, and when: a type without active probes stays on the fast path. */
class ProbesTest {

    private final Subsystem kernel = new Subsystem();
    private final RawMalloc raw = kernel.rawMalloc();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void onlyRecordedTypesTakeTheSlowPath() {
        kernel.load("driver", M_A, M_B);
        assertFast(M_A, M_B);
        try (Recorded recorded = Recorded.probes("a*")) {
            assertSlow(M_A);
            assertFast(M_B);
            assertThat(types(recorded)).containsExactly("a");
            assertFast(M_A, M_B);
        }
    }

    @Test
    void aRecordingWithoutProbesCostsNothing() {
        kernel.load("driver", M_A);
        try (Recorded recorded = new Recorded(Map.of("malloc9.Malloc#types", "*"))) {
            assertFast(M_A);
            assertThat(recorded.events("Malloc")).isEmpty();
        }
    }

    @Test
    void typesThatComeLaterHaveProbesToo() {
        kernel.load("driver", M_A);
        try (Recorded recorded = Recorded.probes("c,a")) {
            Owner late = kernel.load("late", M_B, M_C);
            assertFast(M_B);
            assertSlow(M_C);
            kernel.unload(late);
            kernel.load("late", M_C);
            assertSlow(M_C);
            assertThat(types(recorded)).containsExactly("c", "c");
        }
    }

    @Test
    void severalRecordingsAreOneUnion() {
        kernel.load("driver", M_A, M_B, M_C);
        try (Recorded first = Recorded.probes("a");
                Recorded second = Recorded.probes(" b* ")) {
            assertSlow(M_A, M_B);
            assertFast(M_C);
            assertThat(types(second)).containsExactly("a", "b");
            assertSlow(M_A);
            assertFast(M_B, M_C);
            assertThat(types(first)).containsExactly("a", "b", "a");
            assertFast(M_A, M_B, M_C);
        }
    }

    @Test
    void changedSettingsApplyToARunningRecording() {
        kernel.load("driver", M_A, M_B);
        try (Recorded recorded = new Recorded(Map.of("malloc9.Malloc#enabled", "false"))) {
            assertFast(M_A, M_B);
            recorded.change(Map.of("malloc9.Malloc#enabled", "true"));
            assertSlow(M_A, M_B);
            recorded.change(Recorded.settings("b"));
            assertFast(M_A);
            assertSlow(M_B);
            recorded.change(Map.of("malloc9.Malloc#enabled", "false", "malloc9.Malloc#types", "b"));
            assertFast(M_A, M_B);
        }
    }

    @Test
    void aLimitKeepsATypeWatchedThatHasNoProbesAnyMore() {
        Owner owner = kernel.load("driver", M_A);
        try (Recorded recorded = Recorded.probes("a")) {
            kernel.subsystem.operator().limit(owner.module(), 0, 1 << 20);
            assertThat(recorded.events()).isEmpty();
        }
        assertSlow(M_A);
        kernel.subsystem.operator().limit(owner.module(), 0, 0);
        assertFast(M_A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", ",", "[", "(a", "\\", "a.", "^a$", "a|b", "'a'", "\"a\"", "A", "a b", "\0", "\u001b[31m"
            })
    void badGlobsMeanNothingAndBreakNothing(String globs) {
        kernel.load("driver", M_A, M_B);
        try (Recorded recorded = Recorded.probes(globs)) {
            assertFast(M_A, M_B);
            assertThat(recorded.events("Malloc")).isEmpty();
        }
        try (Recorded recorded = Recorded.probes("a")) {
            assertSlow(M_A);
            assertThat(types(recorded)).containsExactly("a");
        }
    }

    @Test
    void typesSettingWithoutAGlobIsReported() {
        kernel.load("driver", M_A);
        try (Recorded recorded = new Recorded(Map.of("malloc9.Free#enabled", "true", "malloc9.Free#types", ","))) {
            assertThat(recorded.events("Free")).isEmpty();
            assertThat(kernel.notes)
                    .containsOnly(
                            "malloc9: malloc9.Free#types=',' names no type: globs are asked for, with commas between them");
        }
    }

    @Test
    void probesRecordEachKernelOfTheProcess() {
        kernel.load("driver", M_A);
        try (Subsystem other = new Subsystem();
                Recorded recorded = Recorded.probes("*")) {
            other.load("others", Subsystem.M_D);
            other.rawMalloc().malloc(1, Subsystem.M_D, M_WAITOK);
            raw.malloc(1, M_A, M_WAITOK);
            assertThat(types(recorded)).containsExactly("d", "a");
        }
    }

    /** A recording without any settings contains the rare events, because they are enabled by default. */
    @Test
    void rareEventsAreEnabledByDefault() {
        try (Recorded recorded = new Recorded(Map.of())) {
            Owner owner = kernel.load("driver", M_A, M_B);
            long block = raw.malloc(10, M_A, M_WAITOK);
            assertThatThrownBy(() -> raw.free(block, M_B)).isInstanceOf(InvalidFree.class);
            kernel.unload(owner);
            assertThat(recorded.events().stream()
                            .map(event -> event.getEventType().getLabel() + " "
                                    + (event.hasField("type") ? event.getString("type") : event.getString("message"))))
                    .containsExactly(
                            "Type Register a",
                            "Type Register b",
                            "Panic " + kernel.panics.getFirst().getMessage(),
                            "Leak on Destroy a",
                            "Type Unregister a",
                            "Type Unregister b");
            assertThat(recorded.events("LeakOnDestroy").getFirst().getLong("bytes"))
                    .isEqualTo(16);
            assertThat(recorded.events("TypeUnregister").getFirst().getLong("allocations"))
                    .isEqualTo(1);
            assertThat(recorded.events())
                    .allMatch(event -> event.getString("bundle").equals("driver 1 (7)"));
            assertThat(recorded.events())
                    .allMatch(event -> event.getEventType().getCategoryNames().equals(List.of("Kernel Malloc")));
        }
    }

    @Test
    void damageIsARareEvent() {
        kernel.load("driver", M_A);
        kernel.subsystem.operator().level(Level.I);
        try (Recorded recorded = new Recorded(Map.of())) {
            long block = raw.malloc(10, M_A, M_WAITOK);
            kernel.rawMemory().putByte(block + 10, (byte) 1);
            raw.free(block, M_A);
            assertThat(recorded.events("RedZoneCorruption")).singleElement().satisfies(event -> {
                assertThat(event.getString("kind")).isEqualTo("overflow");
                assertThat(event.getString("type")).isEqualTo("a");
                assertThat(event.getLong("address")).isEqualTo(block);
                assertThat(event.getLong("offset")).isEqualTo(10);
                assertThat(event.getLong("bytes")).isEqualTo(1);
                assertThat(event.getString("message")).startsWith("REDZONE: Buffer overflow detected.");
                assertThat(event.getStackTrace()).isNotNull();
            });
        }
    }

    private static List<String> types(Recorded recorded) {
        return recorded.events("Malloc").stream()
                .map(event -> event.getString("type"))
                .toList();
    }

    private void assertFast(MallocType... types) {
        for (MallocType type : types) {
            assertThat(gate(type)).as("%s is on the fast path", type).isPositive();
        }
    }

    private void assertSlow(MallocType... types) {
        for (MallocType type : types) {
            assertThat(gate(type)).as("%s is watched", type).isNegative();
        }
    }

    /** Returns the gate of a type after one request. */
    private int gate(MallocType type) {
        raw.free(raw.malloc(1, type, M_WAITOK), type);
        return type.handle() instanceof MallocTypeInternal known ? known.gate() : 0;
    }
}
