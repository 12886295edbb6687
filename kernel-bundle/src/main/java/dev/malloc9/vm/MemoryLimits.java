package dev.malloc9.vm;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limits on the memory of this process, and the size of a kernel map that stays below them.
 *
 * <p>Sizes are in bytes. {@link #NONE} means that there is no such limit.
 *
 * @param memory the memory of the machine, or of the container as the JVM sees it
 * @param cgroup the smallest limit of the process's cgroups
 * @param addressSpace RLIMIT_AS less the address space that is mapped for other purposes than the Java heap
 * @param heap the maximum size of the Java heap
 */
public record MemoryLimits(long memory, long cgroup, long addressSpace, long heap) {

    /** The value of a limit that does not exist. */
    public static final long NONE = Long.MAX_VALUE;

    /** The smallest size that is computed, even if the limits leave less. */
    static final long LEAST = 16 << 20;

    /** The memory of the JVM outside its heap: classes, compiled code, collector and threads. */
    static final long JVM = 128 << 20;

    /** The address space for thread stacks, metaspace and arenas of the C library that are mapped later. */
    static final long LATER_MAPPINGS = 512 << 20;

    private static final Pattern ADDRESS_SPACE = Pattern.compile("Max address space\\s+(\\d+)\\s.*");
    private static final Pattern VM_SIZE = Pattern.compile("VmSize:\\s+(\\d+) kB");

    /**
     * Returns the limits of this process. The size of the Java heap is {@link Runtime#maxMemory()}.
     *
     * @param memory the memory of the machine or container in bytes
     */
    public static MemoryLimits ofThisProcess(long memory) {
        return read(Path.of("/"), memory, Runtime.getRuntime().maxMemory());
    }

    /**
     * Reads the limits from files.
     *
     * @param root the folder that contains {@code proc} and the cgroup hierarchies; {@code /} except in tests
     */
    static MemoryLimits read(Path root, long memory, long heap) {
        long limit = number(root.resolve("proc/self/limits"), ADDRESS_SPACE, NONE);
        long mapped = number(root.resolve("proc/self/status"), VM_SIZE, 0) << 10;
        return new MemoryLimits(
                memory, new CgroupLimit(root).bytes(), limit == NONE ? NONE : limit - Math.max(mapped - heap, 0), heap);
    }

    /**
     * Returns the largest size of a kernel map for which these limits leave room: a multiple of a superpage, at least {@link #LEAST}.
     *
     * <p>The memory of a cgroup also holds the tags, which take up to a quarter of the map. The address space also holds the shadow, half
     * as large as the map, and a superpage for alignment.
     */
    public long mostKmem() {
        long left = Math.min(memory - heap - JVM, (cgroup - heap - JVM) / 5 * 4);
        long addresses = (addressSpace - heap - LATER_MAPPINGS - PageSource.SUPERPAGE) / 3 * 2;
        return Math.max(Math.min(left, addresses) & -PageSource.SUPERPAGE, LEAST);
    }

    /** Returns the number in the first line of a file that matches a pattern; the last argument if there is no such line. */
    private static long number(Path file, Pattern pattern, long otherwise) {
        return ProcFiles.lines(file).stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .map(line -> Long.parseLong(line.group(1)))
                .orElse(otherwise);
    }
}
