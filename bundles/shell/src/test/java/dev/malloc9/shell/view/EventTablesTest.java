package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.PanicRecord;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("kldstat, leaks and panics print one line for each thing")
class EventTablesTest {

    private static final Instant WHEN = Instant.parse("2026-11-22T10:20:30Z");
    private static final ModuleId LEAKY = new ModuleId("leaky", "1.0.0", 14);

    @Test
    void kldstatShowsIdReferencesLiveBytesNameAndTypes() {
        ModuleTable table = new ModuleTable(
                List.of(
                        new ModuleTable.Row(
                                new ModuleInfo(
                                        new ModuleId("dev.malloc9.kernel", "1.0.0", 3),
                                        "file:k",
                                        1024,
                                        List.of("kernel", "temp")),
                                2),
                        new ModuleTable.Row(new ModuleInfo(LEAKY, "file:l", 6144, List.of("leaky")), 1)),
                Sizes.EXACT,
                false);
        assertThat(table.text()).isEqualTo("""
                        Id  Refs  Size  Name          Types
                         3     2  1024  kernel-1.0.0  kernel,temp
                        14     1  6144  leaky-1.0.0   leaky""");
    }

    @Test
    void leaksShowsALineForEachBlockSizeAndNoWarning() {
        LeakReport leak = new LeakReport(
                LEAKY, "leaky", WHEN, 4, 6160, List.of(new LeakReport.Blocks(16, 1), new LeakReport.Blocks(2048, 3)));
        assertThat(new LeakTable(List.of(leak), Sizes.EXACT).text()).isEqualTo("""
                        BYTES  COUNT  SIZE  TYPE   BUNDLE       WHEN
                           16      1    16  leaky  leaky-1.0.0  2026-11-22T10:20:30.000Z
                         6144      3  2048  leaky  leaky-1.0.0  2026-11-22T10:20:30.000Z""");
    }

    @Test
    void panicsShowsTimeBundleThreadAndTextOnOneLine() {
        PanicRecord panic = new PanicRecord(
                WHEN, new ModuleId("garbage", "1.0.0", 15), "malloc_init: bad malloc type magic\n", "pipe-a\tb");
        assertThat(new PanicTable(List.of(panic)).text()).isEqualTo("""
                        WHEN                      BUNDLE         THREAD     PANIC
                        2026-11-22T10:20:30.000Z  garbage-1.0.0  pipe-a\\tb  malloc_init: bad malloc type magic""");
    }

    @Test
    void repeatedPanicIsOneLineWithItsCount() {
        PanicRecord panic = new PanicRecord(WHEN, new ModuleId("bad", "1.0.0", 15), "fini threw", "main", 3_000);
        assertThat(new PanicTable(List.of(panic)).text()).isEqualTo("""
                        WHEN                      BUNDLE     THREAD  PANIC
                        2026-11-22T10:20:30.000Z  bad-1.0.0  main    fini threw (3000 times)""");
    }

    @Test
    void emptyTablePrintsThatThereAreNoRows() {
        assertThat(new ModuleTable(List.of(), Sizes.EXACT, false).text()).isEqualTo("no modules");
        assertThat(new LeakTable(List.of(), Sizes.EXACT).text()).isEqualTo("no leaks");
        assertThat(new PanicTable(List.of()).text()).isEqualTo("no panics");
    }
}
