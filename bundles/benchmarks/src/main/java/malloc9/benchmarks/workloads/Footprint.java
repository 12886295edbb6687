package malloc9.benchmarks.workloads;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import malloc9.benchmarks.allocators.Unavailable;

/**
 * The memory that this process holds: resident pages, and what lives on the Java heap.
 *
 * <p>The heap's pages are all resident from the start ({@link Workload#jvmArguments}); what an allocator keeps there is
 * added, so that metadata in Java objects is not free of charge.
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
