package dev.malloc9.vm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "anonymous pages are Linux's")
class AnonymousPagesTest {

    private static final int PAGE = 4096;

    /** The test needs Linux 5.17 or later, built with CONFIG_ANON_VMA_NAME. */
    @Test
    @Tag("platform")
    void mappingIsNamedIfTheOsSupportsNames() throws IOException {
        PageSource pages = AnonymousPages.reserve(2 << 20);
        assumeThat(Libc.name(pages.base(), PAGE, AnonymousPages.NAME))
                .as("prctl(PR_SET_VMA)")
                .isTrue();
        assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).anySatisfy(line -> {
            String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
            assertThat(Long.parseUnsignedLong(range[0], 16)).isLessThanOrEqualTo(pages.base());
            assertThat(Long.parseUnsignedLong(range[1], 16)).isGreaterThanOrEqualTo(pages.base() + pages.size());
            assertThat(line).endsWith("[anon:malloc9 kernel map]");
        });
        pages.close();
    }

    @Test
    void pageThatTheOsKeepsReadsAsZero() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle mlock = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("mlock"), FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
        PageSource pages = AnonymousPages.reserve(2 << 20);
        assumeThat((int) mlock.invokeExact(pages.base() + PAGE, (long) PAGE))
                .as("mlock")
                .isZero();
        assertThat(Libc.purge(pages.base(), 3 * PAGE)).isFalse();
        MemorySegment range = MemorySegment.ofAddress(pages.base()).reinterpret(4 * PAGE);
        range.fill((byte) 0x5a);
        pages.purge(0, 3 * PAGE);
        for (long at = 0; at < 3 * PAGE; at++) {
            assertThat(range.get(JAVA_BYTE, at)).isZero();
        }
        assertThat(range.get(JAVA_BYTE, 3 * PAGE)).isEqualTo((byte) 0x5a);
        pages.close();
    }

    @Test
    void refusedReservationIsHalved() {
        PageSource pages = AnonymousPages.reserve(1L << 50);
        assertThat(pages.size()).isBetween(2L << 20, 1L << 47);
        pages.close();
    }

    @Test
    void anUnmappingThatTheOsRefusesIsATypedError() {
        assertThatExceptionOfType(OsRefusal.class)
                .isThrownBy(() -> Libc.unmap(1, PAGE))
                .withMessage("munmap(0x1, 4096) failed");
    }
}
