package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Tests that a thousand loads and unloads of a leaking driver leave the mapped bytes unchanged, and let the resident size grow by 8 MiB at
 * most.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads the resident size from /proc")
class SoakIT {

    private static final int ROUNDS = 1_000;
    private static final long ALLOWED_KIB = 8 << 10;

    @Test
    void aThousandRoundsLeaveUsageFlat() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The heap has a fixed size and is touched at the start. The JIT compiler is off, because its code would grow
        // with the rounds. Any
        // remaining growth comes from malloc9 or the framework.
        command.addAll(List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-Xint"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Soak.class.getName(), Integer.toString(ROUNDS)));
        Process soak = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(soak.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(soak.waitFor()).as(printed).isZero();
        List<long[]> measured = printed.lines().map(SoakIT::numbers).toList();
        long[] early = measured.getFirst();
        long[] late = measured.getLast();
        assertThat(late[0]).as("mapped bytes").isEqualTo(early[0]);
        assertThat(late[1]).as("resident KiB").isLessThanOrEqualTo(early[1] + ALLOWED_KIB);
    }

    private static long[] numbers(String line) {
        return Stream.of(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }
}
