package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a stop needs two handshakes, counted in the JVM's own log. */
class StopHandshakesTest {

    private static final int BLOCKS = 50;

    private final Subsystem kernel = new Subsystem();

    @TempDir
    private Path folder;

    @BeforeEach
    void logHandshakes() throws Exception {
        log("output=" + folder.resolve("handshakes"), "what=handshake=info", "decorators=");
        long before = handshakes();
        try (Arena arena = Arena.ofShared()) {
            assertThat(arena.scope().isAlive()).isTrue();
        }
        assertThat(handshakes()).as("one handshake is one line").isEqualTo(before + 1);
    }

    @AfterEach
    void stop() throws Exception {
        log("output=" + folder.resolve("handshakes"), "what=all=off");
        kernel.close();
    }

    @Test
    void stopOfTypesZonesAndSegmentsTakesTwoHandshakes() throws Exception {
        Owner owner = kernel.load("driver", M_A, M_B, M_C);
        List<MemorySegment> left = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            left.add(kernel.malloc().malloc(100, i % 2 == 0 ? M_A : M_B, M_WAITOK));
        }
        for (int i = 0; i < 3; i++) {
            Zone zone = kernel.zones().zcreate(ZoneRequest.of("zone " + i, 1024, M_C));
            left.add(zone.zalloc(M_WAITOK));
            zone.zfree(zone.zalloc(M_WAITOK));
        }
        long before = handshakes();
        kernel.unload(owner);
        assertThat(handshakes() - before).isEqualTo(2);
        assertThat(left).allMatch(segment -> !segment.scope().isAlive());
        assertThat(kernel.zonesLeft).hasSize(3);
        kernel.subsystem.operator().trim();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
    void scopesOfGuardedBlocksEndBehindTheStop() throws Exception {
        kernel.subsystem.operator().level(Level.G);
        Owner owner = kernel.load("driver", M_A);
        List<MemorySegment> left = Stream.generate(() -> kernel.malloc().malloc(100, M_A, M_WAITOK))
                .limit(BLOCKS)
                .toList();
        long before = handshakes();
        kernel.unload(owner);
        assertThat(kernel.sysctl().readText("vm.memguard.blocks")).isEqualTo("0");
        kernel.guard.settle();
        assertThat(handshakes() - before)
                .as("two, and one for each scope on MemGuard's thread")
                .isEqualTo(2 + BLOCKS);
        assertThat(left).allMatch(segment -> !segment.scope().isAlive());
    }

    private long handshakes() throws Exception {
        try (Stream<String> lines = Files.lines(folder.resolve("handshakes"))) {
            return lines.filter(line -> line.contains("CloseScopedMemory")).count();
        }
    }

    private static void log(String... arguments) throws Exception {
        ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmLog",
                        new Object[] {arguments},
                        new String[] {String[].class.getName()});
    }
}
