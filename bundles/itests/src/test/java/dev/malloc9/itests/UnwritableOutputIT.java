package dev.malloc9.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of whole processes whose output cannot be written: the device is full, or the reader has ended. */
@Tag("script")
@EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is a device of Linux")
class UnwritableOutputIT {

    private static final String RUN =
            "'" + Distribution.RUN + "'" + (FrameworkUnderTest.IS_EQUINOX ? " --equinox" : "");

    @TempDir
    private Path folder;

    /** The exit code and the standard error of a process. */
    private record End(int exit, String err) {}

    @Test
    void fullDeviceIsAnErrorOfTheBatch() throws Exception {
        assertThat(shell(RUN + " -c 'vmstat -m; dmesg' > /dev/full")).isEqualTo(new End(1, """
                        vmstat: cannot write the standard output: No space left on device
                        dmesg: cannot write the standard output: No space left on device
                        """));
    }

    @Test
    void batchEndsQuietlyWhenItsReaderIsGone() throws Exception {
        assertThat(shell("{ " + RUN + " -c 'vmstat -m -w 1'; echo $? > exit; } | head -n 1"))
                .isEqualTo(new End(0, ""));
        assertThat(folder.resolve("exit")).hasContent("141");
    }

    @Test
    void fullDeviceIsAnErrorOfMemstat() throws Exception {
        String memstat =
                "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -jar '" + jar() + "' --help";
        assertThat(shell(memstat + " > /dev/full"))
                .isEqualTo(new End(1, "memstat: cannot write the standard output: No space left on device\n"));
        assertThat(shell("{ sleep 1; " + memstat + "; echo $? > exit; } | true"))
                .isEqualTo(new End(0, ""));
        assertThat(folder.resolve("exit")).hasContent("141");
    }

    private End shell(String commands) throws Exception {
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder("sh", "-c", commands)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as(commands + " ended")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new End(process.exitValue(), Files.readString(err, UTF_8));
    }

    private static Path jar() throws Exception {
        try (Stream<Path> files = Files.list(Distribution.ROOT.resolve("bundles/memstat/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("malloc9-memstat-.*\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
