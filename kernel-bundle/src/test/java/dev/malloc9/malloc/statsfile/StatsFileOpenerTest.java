package dev.malloc9.malloc.statsfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.statsfile.StatsFileOpener.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the outcome for each kind of path: a statistics file, or a message that names the path, and no file of another owner is changed.
 */
class StatsFileOpenerTest {

    private static final int CAPACITY = 8;

    @TempDir
    Path folder;

    private static Result open(Path path) {
        return StatsFileOpener.of(path.toString(), CAPACITY, line -> {});
    }

    private static void assertRefused(Path path, String line) {
        Result result = open(path);
        assertThat(result.file()).isNull();
        assertThat(result.lines()).containsExactly(line);
    }

    @Test
    void newFileIsCreatedAndReported() {
        Path path = folder.resolve("stats");
        Result result = open(path);
        requireNonNull(result.file()).close();
        assertThat(result.lines()).containsExactly("malloc9: statistics of up to 8 types in " + path);
    }

    @Test
    void blankPathOpensNoFile() {
        assertThat(StatsFileOpener.of(" ", CAPACITY, line -> {})).isEqualTo(new Result(null, List.of()));
    }

    @Test
    void invalidPathIsRefused() {
        assertThat(StatsFileOpener.of("a\0b", CAPACITY, line -> {}).lines())
                .containsExactly("malloc9: no statistics file: 'a\\u0000b' is no path");
    }

    @Test
    void aMissingFolderIsRefused() {
        Path path = folder.resolve("none/stats");
        assertRefused(path, "malloc9: no statistics file: " + path + ": no such directory");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatMayNotBeWrittenIsRefused() {
        // In /sys, not even root can create files.
        assertRefused(Path.of("/sys/stats"), "malloc9: no statistics file: /sys/stats: permission denied");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void oneOfSeveralBootingKernelsGetsTheFile() throws Exception {
        Path path = folder.resolve("stats");
        Path old = folder.resolve("stats.old");
        int kernels = 3;
        try (ExecutorService threads = Executors.newFixedThreadPool(kernels)) {
            for (int round = 0; round < 500; round++) {
                Files.deleteIfExists(path);
                Files.deleteIfExists(old);
                requireNonNull(open(path).file()).close();
                byte[] left = Files.readAllBytes(path);
                CyclicBarrier start = new CyclicBarrier(kernels);
                List<Future<Result>> booting = new ArrayList<>();
                for (int kernel = 0; kernel < kernels; kernel++) {
                    booting.add(threads.submit(() -> {
                        start.await();
                        return open(path);
                    }));
                }
                List<StatsFile> files = new ArrayList<>();
                for (Future<Result> boot : booting) {
                    StatsFile file = boot.get().file();
                    if (file != null) {
                        files.add(file);
                    }
                }
                files.forEach(StatsFile::close);
                assertThat(files).as("round %d", round).hasSize(1);
                assertThat(old).as("round %d", round).hasBinaryContent(left);
            }
        }
    }

    @Test
    void aFolderIsRefused() {
        assertRefused(folder, "malloc9: no statistics file: " + folder + " is no regular file");
        assertRefused(Path.of("/"), "malloc9: no statistics file: / is no regular file");
    }

    @Test
    void aDeviceIsRefused() {
        assertRefused(Path.of("/dev/null"), "malloc9: no statistics file: /dev/null is no regular file");
    }

    @Test
    void symbolicLinkIsRefused() throws IOException {
        Path target = Files.createFile(folder.resolve("target"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        assertRefused(link, "malloc9: no statistics file: " + link + " is no regular file");
        assertThat(target).isEmptyFile();
    }

    @Test
    void foreignFileIsRefusedAndUnchanged() throws IOException {
        Path path = Files.writeString(folder.resolve("mine"), "my diary");
        assertRefused(path, "malloc9: no statistics file: " + path + " is not one, and stays as it is");
        assertThat(path).hasContent("my diary");
        Files.write(path, new byte[10_000]);
        assertRefused(path, "malloc9: no statistics file: " + path + " is not one, and stays as it is");
    }

    @Test
    void fileOfAKilledKernelIsKeptAndReported() throws IOException {
        Path path = leave("killed", Layout.IN_USE);
        Result result = open(path);
        requireNonNull(result.file()).close();
        Path old = folder.resolve("killed.old");
        assertThat(result.lines())
                .containsExactly(
                        "malloc9: statistics of process "
                                + ProcessHandle.current().pid() + ", which was killed, are kept in " + old,
                        "malloc9: statistics of up to 8 types in " + path);
        assertThat(Snapshot.of(old).types()).containsOnlyKeys("killed");
        assertThat(Snapshot.of(path).types()).isEmpty();
    }

    @Test
    void fileOfAStoppedKernelReplacesAnOlderOne() throws IOException {
        Path path = folder.resolve("stats");
        for (String name : new String[] {"first", "second"}) {
            try (StatsFile file = requireNonNull(open(path).file())) {
                file.add(name);
            }
        }
        Result result = open(path);
        requireNonNull(result.file()).close();
        assertThat(result.lines())
                .startsWith("malloc9: statistics of process "
                        + ProcessHandle.current().pid() + ", which ended cleanly, are kept in " + path + ".old");
        assertThat(Snapshot.of(folder.resolve("stats.old")).types()).containsOnlyKeys("second");
    }

    @Test
    void foreignOldFileIsNotReplaced() throws IOException {
        Path path = leave("stats", Layout.IN_USE);
        Path old = Files.writeString(folder.resolve("stats.old"), "my diary");
        assertRefused(path, "malloc9: no statistics file: " + old + " is not one, and stays as it is");
        assertThat(old).hasContent("my diary");
        assertThat(Snapshot.of(path).types()).containsOnlyKeys("stats");
    }

    @Test
    void anEmptyFileIsTaken() throws IOException {
        Path path = Files.createFile(folder.resolve("stats"));
        requireNonNull(open(path).file()).close();
        assertThat(Snapshot.of(path).size()).isEqualTo(20_832);
    }

    @Test
    void unfinishedFileIsFilledAgain() throws IOException {
        Path path = leave("stats", Layout.BEING_MADE);
        requireNonNull(open(path).file()).close();
        assertThat(Snapshot.of(path).types()).isEmpty();
        assertThat(folder.resolve("stats.old")).doesNotExist();
    }

    @Test
    void twoKernelsDoNotShareAFile() throws IOException {
        Path path = folder.resolve("stats");
        try (StatsFile file = requireNonNull(open(path).file())) {
            file.add("first");
            assertRefused(path, "malloc9: no statistics file: " + path + " is in use by another kernel");
            assertThat(Snapshot.of(path).types()).containsOnlyKeys("first");
        }
        requireNonNull(open(path).file()).close();
    }

    @Test
    void typeWithoutPlaceIsReportedOutsideTheLocks() throws IOException {
        Path path = folder.resolve("stats");
        List<String> said = new ArrayList<>();
        try (StatsFile file =
                requireNonNull(StatsFileOpener.of(path.toString(), 1, said::add).file())) {
            TypeRecord first = requireNonNull(file.add("first"));
            assertThat(file.add("second")).isNull();
            assertThat(said).isEmpty();
            file.tell();
            file.tell();
            assertThat(said).containsExactly("malloc9: " + path + " has places for 1 types, and none for second");
            assertThat(Snapshot.of(path).u64(64)).isEqualTo(1);
            file.remove(first);
            file.forget(first);
            assertThat(file.add("third")).isNotNull();
        }
    }

    /** Creates a file of a kernel that has ended, with one type, which has the name of the file. */
    private Path leave(String name, int state) throws IOException {
        Path path = folder.resolve(name);
        try (StatsFile file = requireNonNull(open(path).file())) {
            file.add(name);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, state), Layout.STATE_OFFSET);
        }
        return path;
    }
}
