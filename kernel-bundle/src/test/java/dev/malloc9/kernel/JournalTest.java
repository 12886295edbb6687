package dev.malloc9.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.PanicRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that equal panics are counted in one record, so that they do not displace other panics. */
class JournalTest {

    private static final ModuleId BAD = new ModuleId("bad", "1.0.0", 1);
    private static final ModuleId OTHER = new ModuleId("other", "1.0.0", 2);

    private final List<String> logged = new ArrayList<>();

    private final Journal journal = new Journal(new Console() {
        @Override
        public void warn(String logger, String line) {
            logged.add(line);
        }

        @Override
        public void log(String logger, String line) {
            logged.add(line);
        }
    });

    @Test
    void equalPanicsAreOneRecordWithACount() {
        panic(OTHER, "another cause");
        for (int i = 0; i < 3_000; i++) {
            panic(BAD, "fini of zone 'a' threw");
            panic(BAD, "fini of zone 'b' threw");
        }
        panic(OTHER, "fini of zone 'a' threw");
        assertThat(journal.panics())
                .extracting(PanicRecord::who, PanicRecord::message, PanicRecord::count)
                .containsExactly(
                        tuple(OTHER, "another cause", 1L),
                        tuple(BAD, "fini of zone 'a' threw", 3_000L),
                        tuple(BAD, "fini of zone 'b' threw", 3_000L),
                        tuple(OTHER, "fini of zone 'a' threw", 1L));
        assertThat(logged).hasSize(4);
    }

    @Test
    void differentPanicsPushOffTheOldest() {
        for (int i = 0; i < 300; i++) {
            panic(BAD, "cause " + i);
        }
        assertThat(journal.panics())
                .hasSize(256)
                .first()
                .extracting(PanicRecord::message)
                .isEqualTo("cause 44");
    }

    private void panic(ModuleId who, String message) {
        journal.panicked(who, new KernelPanic(message));
    }
}
