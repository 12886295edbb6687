package dev.malloc9.malloc.statsfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests every offset of the file against a literal. */
class LayoutTest {

    private static final int CAPACITY = 8;

    @TempDir
    Path folder;

    private StatsFile open(Path path) {
        return requireNonNull(
                StatsFileOpener.of(path.toString(), CAPACITY, line -> {}).file());
    }

    @Test
    void headerHasTheFormatAndTheStateOfTheKernel() throws Exception {
        Path path = folder.resolve("stats");
        long before = System.currentTimeMillis();
        StatsFile file = open(path);
        long after = System.currentTimeMillis();
        Snapshot running = Snapshot.of(path);
        assertThat(new String(Files.readAllBytes(path), 0, 8, StandardCharsets.US_ASCII))
                .isEqualTo("malloc9s");
        assertThat(running.u32(8)).as("version").isEqualTo(1);
        assertThat(running.u32(12)).as("state").isEqualTo(1);
        assertThat(running.u64(16)).as("booted").isBetween(before, after);
        assertThat(running.u64(24)).as("ended").isZero();
        assertThat(running.u64(32)).isEqualTo(ProcessHandle.current().pid());
        assertThat(running.u64(40)).as("OS page").isEqualTo(4096);
        assertThat(running.u64(48)).as("stream").isEqualTo(4176);
        assertThat(running.u64(56)).as("capacity").isEqualTo(8);
        assertThat(running.u64(64)).as("missed").isZero();
        assertThat(running.u32(4176)).as("stream's version").isEqualTo(1);
        assertThat(running.u32(4180)).as("maxcpus").isEqualTo(32);
        assertThat(running.u32(4184)).as("count").isZero();
        assertThat(running.u32(4188)).isZero();
        assertThat(running.size()).isEqualTo(4192 + 8 * 2080);
        file.close();
        Snapshot ended = Snapshot.of(path);
        assertThat(ended.u32(12)).isEqualTo(2);
        assertThat(ended.u64(24)).isBetween(after, System.currentTimeMillis());
    }

    @Test
    void placeHoldsATypeHeaderAnd32CpuRecords() throws Exception {
        Path path = folder.resolve("stats");
        try (StatsFile file = open(path)) {
            requireNonNull(file.add("first"));
            TypeRecord type = requireNonNull(file.add("driver"));
            type.allocated(0, 128, 1 << 3);
            type.allocated(0, 128, 1 << 3);
            type.freed(0, 128);
            type.allocated(30, 69_632, 0);
            type.failed(30, 1 << 8);
            type.allocated(31, 16, 1);
            type.allocated(500, 32, 2);
            type.freed(77, 16);
            type.failed(99, 4);
        }
        Snapshot snapshot = Snapshot.of(path);
        assertThat(snapshot.u32(4184)).as("count").isEqualTo(2);
        assertThat(snapshot.u64(4096)).as("directory").isEqualTo(1);
        assertThat(snapshot.u64(4104)).as("directory").isEqualTo(2);
        long place = 4176 + 16 + 2080;
        byte[] bytes = Files.readAllBytes(path);
        assertThat(new String(bytes, (int) place, 32, StandardCharsets.US_ASCII))
                .isEqualTo("driver\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assertThat(words(snapshot, place + 32)).containsExactly(256L, 128L, 2L, 1L, 8L, 0L, 0L, 0L);
        assertThat(words(snapshot, place + 32 + 30 * 64)).containsExactly(69_632L, 0L, 1L, 0L, 256L, 0L, 0L, 0L);
        assertThat(words(snapshot, place + 32 + 31 * 64)).containsExactly(48L, 16L, 2L, 1L, 7L, 0L, 0L, 0L);
        for (int cpu = 1; cpu < 30; cpu++) {
            assertThat(words(snapshot, place + 32 + cpu * 64L)).containsOnly(0L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "short, short",
        "exactly thirty-one bytes long !, exactly thirty-one bytes long !",
        "a type name longer than thirty-one bytes, a type name longer than thirty-",
        "äöüäöüäöüäöüäöüäöü, äöüäöüäöüäöüäöü",
        "a234567890123456789012345678\uD83D\uDE00, a234567890123456789012345678"
    })
    void aNameIsCutTo31BytesBetweenCharacters(String name, String shown) throws Exception {
        Path path = folder.resolve("stats");
        try (StatsFile file = open(path)) {
            file.add(name);
        }
        assertThat(Snapshot.of(path).types()).containsOnlyKeys(shown);
    }

    private static List<Long> words(Snapshot snapshot, long at) {
        List<Long> words = new ArrayList<>();
        for (int word = 0; word < 8; word++) {
            words.add(snapshot.u64(at + 8L * word));
        }
        return words;
    }
}
