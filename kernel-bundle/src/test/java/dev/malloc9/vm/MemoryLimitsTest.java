package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that limits are read correctly from made-up {@code /proc} and cgroup folders. */
class MemoryLimitsTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final String V2 = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    private static final String V1_CPU = "31 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";
    private static final String V1_MEMORY = "34 24 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
    private static final String UNIFIED = "39 24 0:36 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

    @TempDir
    private Path root;

    @BeforeEach
    void withoutLimits() throws IOException {
        write("proc/self/limits", "Max address space         unlimited            unlimited            bytes     \n");
        write("proc/self/status", "Name:\tjava\nVmSize:\t 1048576 kB\nThreads:\t12\n");
    }

    @Test
    void withoutFilesNothingIsLimited() throws IOException {
        Files.delete(root.resolve("proc/self/limits"));
        Files.delete(root.resolve("proc/self/status"));
        assertThat(MemoryLimits.read(root, GIB, 64 * MIB))
                .isEqualTo(new MemoryLimits(GIB, MemoryLimits.NONE, MemoryLimits.NONE, 64 * MIB));
    }

    @Test
    void smallestLimitOfNestedV2GroupsHolds() throws IOException {
        write("proc/self/cgroup", "0::/outer/inner/leaf\n");
        write("proc/self/mountinfo", V2);
        write("sys/fs/cgroup/outer/memory.max", "268435456\n");
        write("sys/fs/cgroup/outer/inner/memory.max", "536870912\n");
        write("sys/fs/cgroup/outer/inner/leaf/memory.max", "max\n");
        assertThat(cgroup()).isEqualTo(256 * MIB);
        write("sys/fs/cgroup/outer/inner/leaf/memory.max", "134217728\n");
        assertThat(cgroup()).isEqualTo(128 * MIB);
    }

    @Test
    void v2GroupsWithMaxOnlyAreUnlimited() throws IOException {
        write("proc/self/cgroup", "0::/a\n");
        write("proc/self/mountinfo", V2);
        write("sys/fs/cgroup/a/memory.max", "max\n");
        assertThat(cgroup()).isEqualTo(MemoryLimits.NONE);
    }

    @Test
    void limitOfV1IsReadInItsMemoryHierarchy() throws IOException {
        write("proc/self/cgroup", "5:cpu,cpuacct:/other\n4:memory:/a/b\n1:name=systemd:/\n");
        write("proc/self/mountinfo", V1_CPU + V1_MEMORY);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "402653184\n");
        write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/other/memory.limit_in_bytes", "4096\n");
        write("sys/fs/cgroup/cpu/other/memory.limit_in_bytes", "4096\n");
        assertThat(cgroup()).isEqualTo(384 * MIB);
    }

    @Test
    void hybridSystemHasItsLimitInV1() throws IOException {
        write("proc/self/cgroup", "4:memory:/a\n0::/a\n");
        write("proc/self/mountinfo", V1_MEMORY + UNIFIED);
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "268435456\n");
        write("sys/fs/cgroup/unified/a/cgroup.procs", "1\n");
        assertThat(cgroup()).isEqualTo(256 * MIB);
    }

    /** A container whose cgroup path is that of the host, and whose mount shows only its own part of the hierarchy. */
    @ParameterizedTest
    @CsvSource({"/docker/c1, /docker/c1, ''", "/docker/c1, /docker/c1/inner, /inner", "/docker/c1, /, ''"})
    void containerSeesItsOwnPart(String mounted, String path, String folder) throws IOException {
        write("proc/self/cgroup", "4:memory:" + path + "\n");
        write("proc/self/mountinfo", V1_MEMORY.replace(" / /", " " + mounted + " /"));
        write("sys/fs/cgroup/memory" + folder + "/memory.limit_in_bytes", "268435456\n");
        assertThat(cgroup()).isEqualTo(256 * MIB);
    }

    @Test
    void pathOutsideTheCgroupNamespaceMeansTheMount() throws IOException {
        write("proc/self/cgroup", "0::/../../elsewhere\n");
        write("proc/self/mountinfo", V2);
        write("sys/fs/cgroup/memory.max", "268435456\n");
        write("sys/elsewhere/memory.max", "4096\n");
        write("elsewhere/memory.max", "4096\n");
        assertThat(cgroup()).isEqualTo(256 * MIB);
    }

    @Test
    void unusualNamesOfMountsAndGroupsAreFound() throws IOException {
        write("proc/self/cgroup", "0::/a:b c\n");
        write("proc/self/mountinfo", "29 23 0:26 / /c\\040groups rw - cgroup2 none rw\n");
        write("c groups/a:b c/memory.max", "268435456\n");
        assertThat(cgroup()).isEqualTo(256 * MIB);
    }

    @Test
    void limitOfAddressSpaceLeavesTheUnmappedPart() throws IOException {
        write(
                "proc/self/limits",
                "Max cpu time  1 1 seconds\nMax address space         6656000000           unlimited  bytes\n");
        MemoryLimits limits = MemoryLimits.read(root, 64 * GIB, 256 * MIB);
        assertThat(limits.addressSpace()).isEqualTo(6_656_000_000L - 768 * MIB);
        long reserved = limits.mostKmem() + PageSource.shadowBytes(limits.mostKmem()) + PageSource.SUPERPAGE;
        assertThat(reserved).isBetween(6_656_000_000L - GIB - 516 * MIB, 6_656_000_000L - GIB - 512 * MIB);
    }

    @ParameterizedTest
    @CsvSource({
        // memory, cgroup, heap, map: all in MiB; 0 means no limit
        "1024, 0, 256, 640",
        "1024, 1024, 256, 512",
        "16384, 1024, 256, 512",
        "16384, 256, 64, 50",
        "16384, 256, 126, 16",
        "16384, 64, 32, 16",
        "128, 0, 64, 16"
    })
    void mapLeavesRoomForHeapAndJvm(long memory, long cgroup, long heap, long map) {
        MemoryLimits limits = new MemoryLimits(
                memory * MIB, cgroup == 0 ? MemoryLimits.NONE : cgroup * MIB, MemoryLimits.NONE, heap * MIB);
        assertThat(limits.mostKmem()).isEqualTo(map * MIB);
    }

    private long cgroup() {
        return MemoryLimits.read(root, GIB, 0).cgroup();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
