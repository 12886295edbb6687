package dev.malloc9.malloc.statsfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.statsfile.Snapshot.Stats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the content of the file after each single store, as a reader finds it if the process dies there. */
class CrashPointsTest {

    private static final int CAPACITY = 8;

    @TempDir
    Path folder;

    private final List<Snapshot> crashes = new ArrayList<>();
    private FileChannel channel;
    private StatsFile file;

    /** Words that copy the file after each store. */
    private final class CopiedWords extends MappedWords {

        private final MemorySegment copied;

        CopiedWords(MemorySegment file) {
            super(file);
            this.copied = file;
        }

        private void copy() {
            crashes.add(Snapshot.of(copied.toArray(ValueLayout.JAVA_BYTE)));
        }

        @Override
        void put(long offset, long value) {
            super.put(offset, value);
            copy();
        }

        @Override
        void putInt(long offset, int value) {
            super.putInt(offset, value);
            copy();
        }

        @Override
        void add(long offset, long delta) {
            super.add(offset, delta);
            copy();
        }

        @Override
        void or(long offset, long bits) {
            super.or(offset, bits);
            copy();
        }

        @Override
        void zero(long offset, long bytes) {
            super.zero(offset, bytes);
            copy();
        }

        @Override
        void put(long offset, byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                super.put(offset + i, new byte[] {bytes[i]});
                copy();
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        Path path = folder.resolve("stats");
        requireNonNull(StatsFileOpener.of(path.toString(), CAPACITY, line -> {}).file())
                .close();
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        MemorySegment mapped =
                channel.map(FileChannel.MapMode.READ_WRITE, 0, Layout.fileBytes(CAPACITY), Arena.ofAuto());
        file = new StatsFile(path, channel, new CopiedWords(mapped), CAPACITY, line -> {});
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    @Test
    void mallocCountsTheBlockFirstAndFreeTheBytes() {
        for (int cpu : new int[] {3, 31, 40}) {
            TypeRecord type = requireNonNull(file.add("t" + cpu));
            crashes.clear();
            type.allocated(cpu, 128, 8);
            assertThat(stats("t" + cpu))
                    .containsExactly(new Stats(0, 0, 0, 0, 8), new Stats(0, 0, 1, 0, 8), new Stats(128, 0, 1, 0, 8));
            crashes.clear();
            type.freed(cpu, 128);
            assertThat(stats("t" + cpu)).containsExactly(new Stats(128, 128, 1, 0, 8), new Stats(128, 128, 1, 1, 8));
        }
    }

    @Test
    void typeIsAddedAndRemovedAtomically() {
        requireNonNull(file.add("stays"));
        crashes.clear();
        TypeRecord type = requireNonNull(file.add("comes"));
        assertThat(crashes).hasSizeGreaterThan(5);
        Map<String, Stats> last = crashes.removeLast().types();
        assertThat(last).containsOnlyKeys("stays", "comes").containsEntry("comes", new Stats(0, 0, 0, 0, 0));
        assertThat(crashes).allSatisfy(crash -> assertThat(crash.types()).containsOnlyKeys("stays"));
        crashes.clear();
        file.remove(type);
        assertThat(crashes).hasSize(1);
        assertThat(crashes.getFirst().types()).containsOnlyKeys("stays");
    }

    @Test
    void reusedPlaceShowsNoFiguresOfItsFormerType() {
        TypeRecord former = requireNonNull(file.add("former"));
        former.allocated(1, 4096, 256);
        former.allocated(45, 4096, 256);
        file.remove(former);
        former.freed(1, 4096);
        file.forget(former);
        crashes.clear();
        TypeRecord next = requireNonNull(file.add("next"));
        assertThat(next.place).isEqualTo(former.place);
        Map<String, Stats> last = crashes.removeLast().types();
        assertThat(last).containsExactly(Map.entry("next", new Stats(0, 0, 0, 0, 0)));
        assertThat(crashes).allSatisfy(crash -> assertThat(crash.types()).isEmpty());
    }

    @Test
    void placeIsNotReusedWhileItsTypeMayCount() {
        TypeRecord former = requireNonNull(file.add("former"));
        file.remove(former);
        TypeRecord next = requireNonNull(file.add("next"));
        former.allocated(2, 64, 4);
        assertThat(crashes.getLast().types()).containsExactly(Map.entry("next", new Stats(0, 0, 0, 0, 0)));
        assertThat(next.place).isNotEqualTo(former.place);
    }

    @Test
    void typesAreReadInTheOrderOfTheirRegistration() {
        TypeRecord first = requireNonNull(file.add("first"));
        file.add("second");
        file.remove(first);
        file.forget(first);
        file.add("third");
        assertThat(crashes.getLast().types().keySet()).containsExactly("second", "third");
    }

    private List<Stats> stats(String name) {
        return crashes.stream()
                .map(crash -> requireNonNull(crash.types().get(name)))
                .toList();
    }
}
