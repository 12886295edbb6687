package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that knobs keep their values over restarts of the distribution, and that a default start opens no port or named socket. */
@Tag("script")
@EnabledOnOs(OS.LINUX)
class KeptKnobsIT {

    private static final String RATE = "debug.malloc.failure_rate";

    @TempDir
    private Path folder;

    @Test
    void keptKnobOverridesLoaderConfAfterARestart() throws Exception {
        String kept = folder.resolve("kept").toString();
        assertThat(Distribution.run(folder, "-k", kept, "-c", "sysctl " + RATE + "=77")
                        .lines())
                .containsExactly(RATE + ": 0 -> 77");
        Path conf = Files.writeString(folder.resolve("loader.conf"), RATE + "=\"5\"\n");
        assertThat(Distribution.run(
                                folder,
                                Map.of("MALLOC9_LOADER_CONF", conf.toString()),
                                "-k",
                                kept,
                                "-c",
                                "sysctl " + RATE)
                        .lines())
                .containsExactly(RATE + ": 77");
        assertThat(Distribution.run(folder, "-c", "sysctl " + RATE).lines()).containsExactly(RATE + ": 0");
    }

    @Test
    void cfgFileIsAppliedAndSysctlIsWrittenBack() throws Exception {
        Path load = Files.createDirectory(folder.resolve("load"));
        Path cfg = Files.writeString(load.resolve("malloc9.kernel.cfg"), "# mine\n" + RATE + " = 12\n");
        Distribution.Run run = Distribution.run(
                folder,
                "-l",
                load.toString(),
                "-c",
                "sysctl " + RATE + "; sysctl " + RATE + "=13; sleep 1; sysctl " + RATE);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines()).containsExactly(RATE + ": 12", RATE + ": 12 -> 13", RATE + ": 13");
        assertThat(Files.readAllLines(cfg)).contains("# mine", RATE + " = 13");
        assertThat(Distribution.run(folder, "-l", load.toString(), "-c", "sysctl " + RATE)
                        .lines())
                .containsExactly(RATE + ": 13");
    }

    @Test
    void defaultStartOpensNoListeningSocket() throws Exception {
        try (LiveSystem system = LiveSystem.boot(folder)) {
            assertThat(system.run("sysctl -n kern.smp.maxcpus")).containsExactly("32");
            Set<String> own = system.processes()
                    .flatMap(process -> sockets(process.pid()))
                    .collect(Collectors.toSet());
            for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
                assertThat(Files.readAllLines(Path.of("/proc/self/net", table)))
                        .as(table)
                        .noneMatch(line -> own.stream()
                                        .anyMatch(inode -> List.of(line.strip().split("\\s+", -1))
                                                .contains(inode))
                                && isOpen(table, line));
            }
        }
    }

    /**
     * Returns true if another process could connect or send to the socket: a TCP socket that listens, a UNIX socket with a name, any UDP
     * socket.
     */
    private static boolean isOpen(String table, String line) {
        String[] fields = line.strip().split("\\s+", -1);
        return switch (table) {
            case "tcp", "tcp6" -> fields[3].equals("0A");
            case "unix" -> fields.length > 7;
            default -> true;
        };
    }

    private static Stream<String> sockets(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors
                    .map(KeptKnobsIT::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .toList()
                    .stream();
        } catch (IOException ended) {
            return Stream.empty();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}
