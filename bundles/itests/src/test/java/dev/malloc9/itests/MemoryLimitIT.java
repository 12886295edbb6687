package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.itests.drivers.HungryDriver;
import dev.malloc9.testkit.MadeBundle;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the distribution under limits on the memory of its process. */
@Tag("script")
class MemoryLimitIT {

    @TempDir
    private Path folder;

    /** If the kernel map had no limit, the operating system would kill this process. */
    @Test
    void leakingDriverInACgroupOf256MibGetsNull() throws Exception {
        Path load = Files.createDirectory(folder.resolve("load"));
        Files.copy(
                Path.of(URI.create(MadeBundle.of("hungry", HungryDriver.class).location())),
                load.resolve("hungry.jar"));
        try (Cgroup cgroup = Cgroup.ofBytes(256 << 20)) {
            Distribution.Run run = limited(
                    "echo $$ > " + cgroup.processes(),
                    "-l",
                    load.toString(),
                    "-c",
                    "vmstat -m hungry; kldunload hungry; sysctl -n vm.kmem_size");
            assertThat(run.exit()).as(run.out() + run.err()).isZero();
            String told = run.lines().stream()
                    .filter(line -> line.startsWith("hungry: null after "))
                    .findFirst()
                    .orElseThrow();
            long blocks = Long.parseLong(told.split(" ", -1)[3]);
            assertThat(blocks).isPositive();
            assertThat(run.lines())
                    .contains("Warning: memory type hungry leaked memory on destroy (" + blocks + " allocations, "
                            + (blocks << 20) + " bytes leaked).");
            assertThat(Long.parseLong(run.lines().getLast())).isBetween(blocks << 20, 128L << 20);
        }
    }

    @Test
    void addressSpaceUnderUlimitIsEnoughToBoot() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "ulimit -v is Linux's");
        Distribution.Run run = limited("ulimit -v 6500000", "-c", "kldload mbuf; vmstat -m; sysctl -n vm.kmem_size");
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(Long.parseLong(run.lines().getLast())).isBetween(16L << 20, 4L << 30);
    }

    private Distribution.Run limited(String limit, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", limit + " && exec \"$@\"", "sh", Distribution.RUN.toString()));
        if (FrameworkUnderTest.IS_EQUINOX) {
            command.add("--equinox");
        }
        command.addAll(List.of(arguments));
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(err.toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Distribution.Run(process.waitFor(), out, Files.readString(err));
    }
}
