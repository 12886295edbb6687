package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the ramdisk of the distribution stores and returns real files. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class RamdiskIT {

    @TempDir
    private Path folder;

    @Test
    void filesComeBackAsTheyWereAndNothingIsLeft() throws Exception {
        byte[] content = new byte[3 * 1024 * 1024 + 17];
        new Random(9).nextBytes(content);
        Files.write(folder.resolve("disk.bin"), content);
        Files.write(folder.resolve("empty"), new byte[0]);
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload ramdisk; ramdisk:put disk.bin; ramdisk:put empty; ramdisk:ls; vmstat -m;"
                        + " ramdisk:get disk.bin out; ramdisk:get empty out2; ramdisk:rm empty;"
                        + " kldunload ramdisk; leaks");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(folder.resolve("out")).hasBinaryContent(content);
        assertThat(folder.resolve("out2")).isEmptyFile();
        String line = "disk.bin: 3145745 bytes, SHA-256 " + sha256(content);
        assertThat(run.lines())
                .filteredOn(said -> said.startsWith("disk.bin: "))
                .as("by put, by get")
                .containsExactly(line, line);
        assertThat(run.lines())
                .containsSubsequence(
                        "     Bytes  Blocks  Name",
                        "   3145745     769  disk.bin",
                        "         0       0  empty",
                        "3149824 of 67108864 bytes in use",
                        "      ramdisk   769  3076K       -      769  4096",
                        "removed empty: 0 bytes, SHA-256 " + sha256(new byte[0]),
                        "Unloaded ramdisk",
                        "no leaks");
    }

    @Test
    void relativeNamesStartFromTheSessionsFolder() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.writeString(inner.resolve("file"), "content");
        Distribution.Run run = Distribution.run(
                folder, "-c", "kldload ramdisk; cd inner; ramdisk:put file; cd ..; ramdisk:get file copy");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(folder.resolve("copy")).hasContent("content");
    }

    @Test
    void fileAboveTheDefaultLimitIsRefused() throws Exception {
        try (RandomAccessFile big = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
            big.setLength((64 << 20) + 1);
        }
        Files.writeString(folder.resolve("small"), "content");
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload ramdisk; ramdisk:put small; ramdisk:put big; ramdisk:ls; kldunload ramdisk; leaks");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly("ramdisk:put: " + folder.toRealPath().resolve("big")
                        + " (67108865 bytes): no space left on ramdisk: a block of 4096 bytes does not go beside the"
                        + " 67108864 in use, max.bytes is 67108864");
        assertThat(run.lines()).contains("         7       1  small", "4096 of 67108864 bytes in use", "no leaks");
    }

    @Test
    void wrongArgumentIsNamedAndNothingIsLost() throws Exception {
        Path real = folder.toRealPath();
        Files.writeString(folder.resolve("small"), "content");
        Files.writeString(folder.resolve("precious"), "gold");
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload ramdisk; ramdisk:put small; ramdisk:put nosuch; ramdisk:put .; ramdisk:get nosuch precious;"
                        + " ramdisk:get small .; ramdisk:get small nosuch/out; ramdisk:rm nosuch; ramdisk:rm;"
                        + " ramdisk:put small small; ramdisk:get small; kldunload ramdisk; leaks");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly(
                        "ramdisk:put: " + real.resolve("nosuch") + ": no such file or directory",
                        "ramdisk:put: " + real.resolve(".") + ": is a directory",
                        "ramdisk:get: no file 'nosuch' on ramdisk",
                        "ramdisk:get: " + real.resolve(".") + ": is a directory",
                        "ramdisk:get: " + real.resolve("nosuch/out") + ": no such file or directory",
                        "ramdisk:rm: no file 'nosuch' on ramdisk",
                        "ramdisk:rm: usage: ramdisk:rm NAME",
                        "ramdisk:put: usage: ramdisk:put FILE",
                        "ramdisk:get: usage: ramdisk:get NAME FILE");
        assertThat(folder.resolve("precious")).hasContent("gold");
        assertThat(run.lines()).contains("no leaks");
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
