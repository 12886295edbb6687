package dev.malloc9.vm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class GuardRangeTest {

    private static final int PAGE = PageSource.PAGE;

    private final GuardRange range = GuardRange.reserve(1 << 20);
    private final MemorySegment memory = MemorySegment.ofAddress(range.base()).reinterpret(range.size());

    @AfterEach
    void close() {
        range.close();
    }

    @Test
    void accessToAHoleThrowsAndToMemoryDoesNot() {
        assertThatFaults(0);
        assertThat(range.back(range.base() + PAGE, 2L * PAGE)).isTrue();
        assertThatFaults(PAGE - 1);
        assertThatFaults(3L * PAGE);
        memory.set(JAVA_BYTE, PAGE, (byte) 1);
        memory.set(JAVA_BYTE, 3L * PAGE - 1, (byte) 2);
        Fence.pass();
        assertThat(range.hole(range.base() + PAGE, 2L * PAGE)).isTrue();
        assertThatFaults(PAGE);
        assertThatFaults(3L * PAGE - 1);
        assertThat(range.back(range.base() + PAGE, 2L * PAGE)).isTrue();
        assertThat(memory.get(JAVA_BYTE, PAGE)).isZero();
    }

    @Test
    void writeFillAndCopyInAHoleThrow() {
        range.back(range.base() + PAGE, PAGE);
        assertThatFault(() -> memory.set(JAVA_BYTE, 0, (byte) 1));
        assertThatFault(() -> memory.asSlice(2L * PAGE - 8, 16).fill((byte) 1));
        assertThatFault(() -> MemorySegment.copy(memory, 2L * PAGE - 8, memory, PAGE, 16));
        assertThatFault(() -> MemorySegment.copy(memory, PAGE, memory, 2L * PAGE - 8, 16));
        assertThatFault(() -> MemorySegment.copy(memory, JAVA_BYTE, 0, new byte[16], 0, 16));
    }

    @Test
    void adjacentHolesAreOneMapping() throws IOException {
        assertThat(maps()).isEqualTo(1);
        for (long page = 1; page < 101; page += 2) {
            range.back(range.base() + page * PAGE, PAGE);
        }
        assertThat(maps()).isEqualTo(51);
        for (long page = 1; page < 101; page += 2) {
            range.hole(range.base() + page * PAGE, PAGE);
        }
        assertThat(maps()).isEqualTo(1);
    }

    @Test
    void fenceIsNeededWhileARangeExists() {
        assertThat(Fence.isNeeded()).isTrue();
        Fence.pass();
    }

    @Test
    void rangeLargerThanTheAddressSpaceIsRefused() {
        assertThatThrownBy(() -> GuardRange.reserve(1L << 60))
                .isInstanceOf(OsRefusal.class)
                .hasMessage("memfd: the OS grants no 1152921504606846976 bytes of holes");
    }

    @Test
    void mapLimitIsMaxMapCountOfTheOs() throws IOException {
        Process cat = new ProcessBuilder("cat", "/proc/sys/vm/max_map_count").start();
        try (BufferedReader said = cat.inputReader()) {
            assertThat(GuardRange.mapLimit())
                    .isEqualTo(Integer.parseInt(String.valueOf(said.readLine())))
                    .isGreaterThan(1000);
        }
    }

    private void assertThatFaults(long offset) {
        assertThatFault(() -> memory.get(JAVA_BYTE, offset));
    }

    private static void assertThatFault(Runnable access) {
        assertThatExceptionOfType(InternalError.class).isThrownBy(() -> {
            access.run();
            Fence.pass();
        });
    }

    private long maps() throws IOException {
        String first = Long.toHexString(range.base());
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("malloc9 memguard"))
                .filter(line ->
                        line.compareTo(first) >= 0 && line.compareTo(Long.toHexString(range.base() + range.size())) < 0)
                .count();
    }
}
