package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of boots of {@code felix-config/run} with unusual paths, encodings, locales and options, and of boots that fail. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class LauncherIT {

    private static final File NO_INPUT = new File("/dev/null");

    /** A file name with characters that have a special meaning in URLs, properties, shells and File Install. */
    private static final String ODD_NAME = "a%41 b#c?d\"e${x}f ü$y$ \\g'h";

    @TempDir
    private Path folder;

    @Test
    void everyPathWorksInTheLocaleC() throws Exception {
        Path odd = Files.createDirectories(folder.resolve(ODD_NAME));
        Path script = Distribution.copyTo(odd.resolve("checkout"));
        Path temporary = Files.createDirectory(odd.resolve("tmp"));
        Path load = Files.createDirectory(odd.resolve("load"));
        Files.copy(Distribution.DRIVERS.resolve("leaky.jar"), load.resolve("leaky.jar"));
        Path conf = Files.writeString(odd.resolve("loader.conf"), "\uFEFFdebug.malloc.failure_rate=\"7\"\r\n");
        Path commands = Files.writeString(
                odd.resolve("commands"),
                "\uFEFFsysctl debug.malloc.failure_rate\r\nkldload holder\r\nsysctl debug.malloc.failure_rate=9\r\n");
        Map<String, String> environment =
                Map.of("LC_ALL", "C", "TMPDIR", temporary.toString(), "MALLOC9_LOADER_CONF", conf.toString());
        Distribution.Run run = Distribution.run(
                script, odd, environment, NO_INPUT, "-l", "load", "-k", "keep", "-f", commands.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .contains("debug.malloc.failure_rate: 7", "debug.malloc.failure_rate: 7 -> 9")
                .anyMatch(line -> line.startsWith("Loaded leaky, id=") && line.endsWith(" (load/leaky.jar)"))
                .anyMatch(line -> line.startsWith("Loaded holder, id="));
        assertThat(odd.resolve("keep/malloc9/kernel.config")).exists();
        assertThat(temporary).isEmptyDirectory();
        try (Stream<Path> left = Files.list(odd)) {
            assertThat(left.map(Path::getFileName).map(String::valueOf).filter(name -> !name.endsWith(".err")))
                    .containsExactlyInAnyOrder("checkout", "tmp", "load", "loader.conf", "commands", "keep");
        }
    }

    @Tag("script")
    @Test
    void aColonInTheCheckoutIsRefusedInOneLine() throws Exception {
        Path script = Distribution.copyTo(folder.resolve("a:b"));
        Distribution.Run run = Distribution.run(script, folder, Map.of(), NO_INPUT, "-c", "lb");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("colon", "a:b");
    }

    @Test
    void digitsAreLatinInEveryLocale() throws Exception {
        Distribution.Run run = Distribution.run(
                folder, Map.of("MALLOC9_JAVA_OPTS", " -Duser.language=ar  -Duser.country=EG "), "-c", "vmstat -m");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines()).contains("       msgbuf     8    32K       -        8  4096");
    }

    @Tag("script")
    @Test
    void javaOptionsAreNeitherQuotedNorGlobbed() throws Exception {
        Distribution.Run refused =
                Distribution.run(folder, Map.of("MALLOC9_JAVA_OPTS", "-Dx=* -XX:+NoSuchOption"), "-c", "vmstat -m");
        assertThat(refused.exit()).isIn(1, 2);
        assertThat(refused.err()).contains("NoSuchOption");
        Path file = Files.writeString(folder.resolve("options"), "-Dmalloc9.batch.commands='echo \"two words\"'\n");
        Distribution.Run fromFile =
                Distribution.run(folder, Map.of("MALLOC9_JAVA_OPTS", "-Dx=* @" + file), "-f", "/dev/null");
        assertThat(fromFile.exit()).as(fromFile.err()).isZero();
        assertThat(fromFile.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143, false", "HUP, 129, true", "INT, 130, false"})
    void aSignalEndsABatchWithItsReport(String signal, int exit, boolean group) throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (Launched run = Launched.start(temporary, "-c", "kldload leaky; sleep 300; echo survived")) {
            run.await("Loaded leaky");
            run.signal(signal, group);
            assertThat(run.exit()).as(run.text()).isEqualTo(exit);
            assertThat(run.text())
                    .contains("Warning: memory type leaky leaked memory on destroy")
                    .doesNotContain("survived", "InterruptedException");
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aSignalEndsAnInteractiveShell() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (Launched run =
                Launched.start(temporary, "-k", folder.resolve("kept").toString())) {
            run.type("kldload leaky");
            run.await("Loaded leaky");
            run.signal("TERM", false);
            assertThat(run.exit()).as(run.text()).isEqualTo(143);
            assertThat(run.text()).contains("Warning: memory type leaky leaked memory on destroy");
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void anIncompleteBootIsOneLine() throws Exception {
        Distribution.Run missing = Distribution.run(
                folder, Map.of("TMPDIR", folder.resolve("nosuch").toString()), "-c", "lb");
        assertRefused(missing, "TMPDIR is not a folder");

        Path script = Distribution.copyTo(folder.resolve("copy"));
        Path bundles = script.resolveSibling("target/felix/bundle");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Map<String, String> environment = Map.of("TMPDIR", temporary.toString());
        Files.delete(bundles.resolve("org.apache.felix.gogo.runtime.jar"));
        assertRefused(
                Distribution.run(script, folder, environment, NO_INPUT, "-c", "lb"),
                "cannot start malloc9-shell.jar: ");
        Files.delete(bundles.resolve("malloc9-memstat.jar"));
        Files.writeString(bundles.resolve("malloc9-memstat.jar"), "no jar");
        assertRefused(
                Distribution.run(script, folder, environment, NO_INPUT, "-c", "lb"),
                "cannot install malloc9-memstat.jar: ");
        assertThat(temporary).isEmptyDirectory();
    }

    @Tag("script")
    @Test
    void batchWithoutAShellFailsAtTheTimeout() throws Exception {
        Path script = Distribution.copyTo(folder.resolve("copy"));
        Files.delete(script.resolveSibling("target/felix/bundle/malloc9-shell.jar"));
        Distribution.Run run = Distribution.run(
                script, folder, Map.of("MALLOC9_JAVA_OPTS", "-Dmalloc9.boot.seconds=20"), NO_INPUT, "-c", "lb");
        assertRefused(run, "the batch did not begin within 10 s");
    }

    @ParameterizedTest
    @CsvSource({"size=2m", "'size=64m,nr_inodes=12'"})
    void aFullTemporaryFolderIsOneLine(String options) throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                execute("mount", "-t", "tmpfs", "-o", options, "tmpfs", small.toString()) == 0,
                "only root can mount a small file system");
        try {
            Distribution.Run run = Distribution.run(folder, Map.of("TMPDIR", small.toString()), "-c", "lb");
            assertRefused(run, "No space left on device");
            assertThat(small).isEmptyDirectory();
        } finally {
            execute("umount", small.toString());
        }
    }

    @Tag("script")
    @Test
    void aUserWithoutHomeHasNoHistory() throws Exception {
        assumeTrue(execute("setpriv", "--reuid=12345", "true") == 0, "only root can become a user without a home");
        Path home = Files.createDirectory(folder.resolve("cwd"));
        assertThat(execute("chmod", "777", folder.toString(), home.toString())).isZero();
        String command = "cd '" + home + "' && env -u HOME -u MALLOC9_HISTORY MALLOC9_CONFIG='" + home + "/kept'"
                + " setpriv --reuid=12345 --regid=12345 --clear-groups '" + Distribution.RUN + "'; sleep 600";
        Optional<Terminal> opened = Terminal.open(folder, command);
        assumeTrue(opened.isPresent(), "none of tmux, python3 and script is here");
        try (Terminal terminal = opened.get()) {
            terminal.await("no history is kept: neither HOME nor MALLOC9_HISTORY is set");
            terminal.await("kernel>");
            terminal.type("echo typed" + Terminal.ENTER);
            terminal.type("echo done" + Terminal.ENTER);
            String text = terminal.await("two lines", shown -> shown.lines().anyMatch("done"::equals));
            assertThat(text).doesNotContain("Exception", "\tat ");
        }
        try (Stream<Path> left = Files.list(home)) {
            assertThat(left.map(Path::getFileName).map(String::valueOf)).containsExactly("kept");
        }
    }

    @Tag("script")
    @Test
    void damagedAotCacheIsIgnoredSilently() throws Exception {
        Path script = Distribution.copyTo(folder.resolve("copy"));
        Path caches = script.resolveSibling("target/aot");
        Files.delete(caches);
        Files.createDirectory(caches);
        String identity = Launched.output(
                "sh",
                "-c",
                ". '" + Distribution.ROOT.resolve(".mvn/jdk25.sh")
                        + "' && malloc9_find_jdk25 && cksum <\"$JAVA_HOME/release\" | tr ' ' -");
        Path cache = caches.resolve((FrameworkUnderTest.IS_EQUINOX ? "equinox-" : "felix-") + identity + ".aot");
        Files.writeString(cache, "damaged");
        Distribution.Run run = Distribution.run(script, folder, Map.of(), NO_INPUT, "-c", "echo works");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("works\n");
        try (Stream<Path> files = Files.list(caches)) {
            assertThat(files).as("the launcher took the file for its cache").containsExactly(cache);
        }
    }

    @Tag("script")
    @Test
    void missingBuildIsMadeAndReported() throws Exception {
        Path script = Distribution.copyTo(folder.resolve("copy"));
        Path felix = script.resolveSibling("target/felix");
        Files.move(felix, folder.resolve("built"));
        String building = "echo '[INFO] Building malloc9: API 1.0.0-SNAPSHOT              [2/20]'\n";

        unbuilt(script, building + "echo '[ERROR] no such thing'\nexit 1\n");
        Distribution.Run failed = Distribution.run(script, folder, Map.of(), NO_INPUT, "-c", "echo works");
        assertThat(failed.exit()).isEqualTo(2);
        assertThat(failed.err())
                .contains(
                        "felix-config/run: building malloc9: API (2 of 20)",
                        "[ERROR] no such thing",
                        "the build failed");

        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        unbuilt(script, building + "exec sleep 300\n");
        try (Launched run = Launched.start(script, temporary, "-c", "echo works")) {
            run.await("(2 of 20)");
            long maven = Long.parseLong(
                    Files.readString(script.resolveSibling("target/build.pid")).strip());
            run.signal("TERM", false);
            assertThat(run.exit()).isEqualTo(143);
            assertThat(ProcessHandle.of(maven).filter(ProcessHandle::isAlive)).isEmpty();
        }

        unbuilt(script, building + "mv '" + folder.resolve("built") + "' felix-config/target/felix\n");
        Distribution.Run built = Distribution.run(script, folder, Map.of(), NO_INPUT, "-c", "echo works");
        assertThat(built.out()).isEqualTo("works\n");
        assertThat(built.err()).contains("(2 of 20)", "the distribution is built");
        Distribution.Run again = Distribution.run(script, folder, Map.of(), NO_INPUT, "-c", "echo works");
        assertThat(again.err()).as("nothing is to be built").isEmpty();
    }

    /** Makes a copy appear as if it had never been built, and replaces its Maven wrapper by a shell script with the given text. */
    private static void unbuilt(Path script, String maven) throws IOException {
        Files.deleteIfExists(script.resolveSibling("target/stamp"));
        Path wrapper = Files.writeString(script.resolveSibling("../mvnw").normalize(), "#!/bin/sh\n" + maven);
        assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }

    private static void assertRefused(Distribution.Run run, String reason) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("felix-config/run: ")
                .contains(reason);
    }

    private static int execute(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(List.of(command)).inheritIO().start().waitFor();
    }
}
