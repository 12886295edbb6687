package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.malloc.statsfile.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the tunable kern.malloc_stats_file at boot. */
class StatsFileBootTest {

    @MallocDefine(name = "boot")
    private static final MallocType M_BOOT = MallocType.define();

    @TempDir
    Path folder;

    private static Kernel boot(Path file) {
        return Kernel.boot(Tunables.from(name -> switch (name) {
            case "vm.kmem_size" -> "16m";
            case "kern.malloc_stats_file" -> file.toString();
            default -> null;
        }));
    }

    @Test
    void statisticsFileIsOffByDefault() {
        assertThat(Tunables.from(name -> null).malloc().statsFile()).isEmpty();
    }

    @Test
    void fileListsAllTypesAndIsMarkedByAStop() throws IOException {
        Path file = folder.resolve("stats");
        try (Kernel kernel = boot(file)) {
            kernel.malloc().malloc(100, M_BOOT, M_WAITOK);
            assertThat(kernel.runtime().messages()).contains("malloc9: statistics of up to 1024 types in " + file);
            assertThat(Snapshot.of(file).types()).containsOnlyKeys("msgbuf", "temp", "boot");
            assertThat(Snapshot.of(file).state()).isEqualTo(1);
            assertThat(kernel.sysctl().readText("kern.malloc_stats_file")).isEqualTo(file.toString());
        }
        assertThat(Snapshot.of(file).state()).isEqualTo(2);
        assertThat(Snapshot.of(file).types()).containsKey("boot");
    }

    @Test
    void fileOfTheLastKernelIsKeptAndReported() throws IOException {
        Path file = folder.resolve("stats");
        boot(file).close();
        try (Kernel kernel = boot(file)) {
            assertThat(kernel.runtime().messages())
                    .contains("malloc9: statistics of process "
                            + ProcessHandle.current().pid() + ", which ended cleanly, are kept in " + file + ".old");
        }
    }

    @Test
    void kernelBootsIfItsStatsFileIsAForeignFile() throws IOException {
        Path diary = Files.writeString(folder.resolve("diary"), "dear diary");
        try (Kernel kernel = boot(diary)) {
            assertThat(kernel.runtime().messages())
                    .contains("malloc9: no statistics file: " + diary + " is not one, and stays as it is");
            assertThat(kernel.sysctl().readText("kern.malloc_stats_file")).isEmpty();
            kernel.malloc().free(kernel.malloc().malloc(100, M_BOOT, M_WAITOK), M_BOOT);
        }
        assertThat(diary).hasContent("dear diary");
    }
}
