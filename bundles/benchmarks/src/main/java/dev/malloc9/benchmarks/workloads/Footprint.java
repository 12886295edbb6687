package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The memory that this process holds: its resident pages plus the objects on its Java heap after a garbage collection.
 *
 * <p>The pages of the heap are all resident from the start ({@link Workload#jvmArguments}), so an allocator's objects do not change their
 * number. Their bytes are added, so that metadata in Java objects is not free of charge. The resident pages are read before the collection.
 * Without {@code /proc/self/smaps_rollup}, {@code bytes} throws {@link Unavailable}.
 */
final class Footprint {

    private static final Path SMAPS = Path.of("/proc/self/smaps_rollup");

    private Footprint() {}

    static long bytes() {
        return residentBytes() + heapBytes();
    }

    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(SMAPS)) {
                if (line.startsWith("Rss:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (NoSuchFileException e) {
            throw new Unavailable("no " + SMAPS + " on this system");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new Unavailable(SMAPS + " has no line Rss");
    }

    private static long heapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
