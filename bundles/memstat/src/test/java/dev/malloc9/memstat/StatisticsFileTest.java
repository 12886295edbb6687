package dev.malloc9.memstat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.malloc9.memstat.Streams.CpuRecord;
import dev.malloc9.memstat.Streams.Place;
import dev.malloc9.memstat.Streams.TypeRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A statistics file is read as the stream that its kernel would have given")
class StatisticsFileTest {

    private static final Instant BOOTED = Instant.parse("2026-11-23T05:00:00Z");

    @TempDir
    private Path folder;

    private static MemoryTypeList read(byte[] file) throws IOException {
        MemoryTypeList list = MemoryTypeList.alloc();
        list.read(new ByteArrayInputStream(file), Allocator.ANY);
        return list;
    }

    private static List<String> names(MemoryTypeList list) {
        return list.types(Allocator.MALLOC).stream().map(MemoryType::name).toList();
    }

    @Test
    void typesAreReadInTheOrderOfTheirRegistration() throws IOException {
        MemoryTypeList list = read(Streams.goldenFile(1));
        assertThat(names(list))
                .containsExactly("oldest", "a type name longer than thirty ", "unused", "temp", "newest");
        MemoryType temp = requireNonNull(list.find(Allocator.MALLOC, "temp"));
        assertThat(temp.memalloced()).isEqualTo(12_304);
        assertThat(temp.percpuNumallocs(5)).isEqualTo(1);
        assertThat(temp.sizemask()).isEqualTo(257);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 'process 99999999, booted at 2026-11-23T05:00:00Z, was killed'",
        "2, 'process 99999999, booted at 2026-11-23T05:00:00Z, ended cleanly at 2026-11-23T06:00:00Z'"
    })
    void originNamesTheEndOfTheProcess(int state, String text) throws IOException {
        assertThat(requireNonNull(read(Streams.goldenFile(state)).origin()).text())
                .isEqualTo(text);
    }

    @Test
    void originCountsTypesMissingFromTheFile() throws IOException {
        byte[] file = Streams.goldenFile(1);
        ByteBuffer.wrap(file).order(ByteOrder.nativeOrder()).putLong(64, 3);
        assertThat(requireNonNull(read(file).origin()).text()).endsWith(" was killed; 3 of its types are missing");
    }

    @Test
    void fileOfALiveProcessIsReportedAsRunning() throws IOException {
        byte[] file = Streams.goldenFile(1);
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
        header.putLong(16, System.currentTimeMillis())
                .putLong(32, ProcessHandle.current().pid());
        assertThat(requireNonNull(read(file).origin()).text()).endsWith(", is running");
        header.putLong(16, BOOTED.toEpochMilli() - 365L * 86_400_000);
        assertThat(requireNonNull(read(file).origin()).text())
                .as("of a number that was given again")
                .endsWith(", was killed");
    }

    @Test
    void lockedFileBelongsToALiveProcess() throws IOException {
        Path file = Files.write(folder.resolve("stats"), Streams.goldenFile(1));
        MemoryTypeList list = MemoryTypeList.alloc();
        try (FileChannel kernel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            requireNonNull(kernel.tryLock(1L << 40, 1, false));
            list.read(file, Allocator.ANY);
            assertThat(requireNonNull(list.origin()).running()).isTrue();
        }
        list.read(file, Allocator.ANY);
        assertThat(requireNonNull(list.origin()).running()).isFalse();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no mkfifo")
    void aPipeIsReadOnceAndHasNoLock() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Files.write(pipe, Streams.goldenFile(1), StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        MemoryTypeList list = MemoryTypeList.alloc();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> list.read(pipe, Allocator.ANY));
        assertThat(names(list)).hasSize(5);
        assertThat(requireNonNull(list.origin()).running()).isFalse();
    }

    @Test
    void twoPlacesOfOneTypeAreRefused() throws IOException {
        TypeRecord type = new TypeRecord("foo", Map.of());
        assertRefused(
                Streams.file(ByteOrder.nativeOrder(), 1, 4, new Place(3, type), new Place(3, type)),
                MemstatError.DATAERROR,
                "two places of type number 3");
    }

    @Test
    void fileOfTheOtherByteOrderIsRead() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            MemoryTypeList list = read(Streams.file(
                    order, 1, 4, new Place(1, new TypeRecord("foo", Map.of(1, new CpuRecord(384, 128, 3, 1, 8))))));
            assertThat(requireNonNull(list.find(Allocator.MALLOC, "foo")).bytes())
                    .isEqualTo(256);
            assertThat(requireNonNull(list.origin()).booted()).isEqualTo(BOOTED);
        }
    }

    @Test
    void streamHasNoOrigin() throws IOException {
        MemoryTypeList list = read(Streams.goldenFile(2));
        list.read(new ByteArrayInputStream(Streams.goldenTypes()), Allocator.ANY);
        assertThat(list.origin()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "8, 2, 4, VERSION, 'statistics file version 2, not 1'",
        "12, 0, 4, DATAERROR, the kernel died while it made the file",
        "48, 4095, 8, DATAERROR, '20832 bytes are no statistics file with a stream at 4095 and 8 places'",
        "48, 9223372036854775807, 8, DATAERROR, '20832 bytes are no statistics file with a stream at 9223372036854775807 and 8 places'",
        "56, 9, 8, DATAERROR, '20832 bytes are no statistics file with a stream at 4176 and 9 places'",
        "56, -1, 8, DATAERROR, '20832 bytes are no statistics file with a stream at 4176 and -1 places'",
        "4184, 9, 4, DATAERROR, 9 places in use of 8",
        "4184, -1, 4, DATAERROR, 4294967295 places in use of 8",
        "4176, 7, 4, VERSION, 'stream version 7, not 1'",
        "4180, 4097, 4, TOOMANYCPUS, 'records of 4097 CPUs, at most 4096'",
        "4180, 31, 4, DATAERROR, 10416 bytes are no stream of 5 records of 31 CPUs"
    })
    void badHeaderFieldIsRefused(int at, long value, int bytes, MemstatError error, String detail) throws IOException {
        byte[] file = Streams.goldenFile(1);
        ByteBuffer words = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
        if (bytes == 4) {
            words.putInt(at, (int) value);
        } else {
            words.putLong(at, value);
        }
        assertRefused(file, error, detail);
    }

    @Test
    void aFileThatIsCutIsRefused() throws IOException {
        byte[] file = Streams.goldenFile(1);
        assertRefused(
                Arrays.copyOf(file, 4095),
                MemstatError.DATAERROR,
                "a statistics file has 4096 bytes and more, this one 4095");
        assertRefused(
                Arrays.copyOf(file, 20_831),
                MemstatError.DATAERROR,
                "20831 bytes are no statistics file with a stream at 4176 and 8 places");
    }

    private static void assertRefused(byte[] file, MemstatError error, String detail) throws IOException {
        MemoryTypeList list = read(Streams.goldenFile(2));
        List<String> before = names(list);
        Origin origin = list.origin();
        MemstatFailed failed = catchThrowableOfType(
                MemstatFailed.class, () -> list.read(new ByteArrayInputStream(file), Allocator.ANY));
        assertThat(failed.detail()).isEqualTo(detail);
        assertThat(failed.error()).isEqualTo(error);
        assertThat(names(list)).isEqualTo(before);
        assertThat(list.origin()).isEqualTo(origin);
    }
}
