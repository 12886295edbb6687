package dev.malloc9.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A guard range: reserved address space that consists of holes, except for the pages that are backed.
 *
 * <p>A hole is a mapping beyond the end of an empty file. An access to it raises SIGBUS. The JVM turns the signal into an
 * {@link InternalError} of the thread if Java code made the access. An access to a mapping without permissions would raise SIGSEGV, which
 * ends the JVM. {@link Fence} describes when the error is thrown.
 *
 * <pre>
 *   maps of the process     | hole            | memory  | hole            | memory | hole      ...
 *   backed                                     [block  )                   [block )
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one file for the whole range, mapped linearly. Linux therefore merges adjacent holes into one map. A range without backed
 *       pages is a single map.
 *   <li>Concurrency: each call is one system call. The callers ensure that no two concurrent calls concern the same pages.
 *   <li>Invariants: pages are memory from {@link #back} to {@link #hole}, and read as zero at first.
 *   <li>Cost: a backed piece costs two maps. A process may have {@link #mapLimit()} of them. Beyond that limit the JVM itself cannot grow
 *       its heap or start a thread, and ends. A caller of {@link #back} must therefore count its pieces and stay far below the limit.
 *   <li>Differs from BSD: there a hole is address space without a mapping, and the trap reports its address.
 * </ul>
 */
public final class GuardRange implements HoleSource {

    /** The name of the empty file, which {@code /proc/self/maps} shows for the holes. Backed pages have no name. */
    static final String NAME = "malloc9 memguard";

    private static final Path MAX_MAP_COUNT = Path.of("/proc/sys/vm/max_map_count");

    /** The default of Linux. */
    private static final int USUAL_MAP_LIMIT = 65_530;

    /** The file descriptor of the empty file. */
    private final int file;

    private final long base;
    private final long size;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GuardRange(int file, long base, long size) {
        this.file = file;
        this.base = base;
        this.size = size;
        Fence.mapped(1);
    }

    /** Returns whether this platform supports holes. */
    public static boolean isSupported() {
        return Libc.hasHoles();
    }

    /** Returns the number of maps that the OS allows a process to have (vm.max_map_count); if it cannot be read, the default of Linux. */
    public static int mapLimit() {
        // The reader must get the content with one read: for such a file, Linux answers a second read with the end of
        // the file.
        try (BufferedReader limit = Files.newBufferedReader(MAX_MAP_COUNT)) {
            return Integer.parseInt(String.valueOf(limit.readLine()).strip());
        } catch (IOException | NumberFormatException unknown) {
            return USUAL_MAP_LIMIT;
        }
    }

    /**
     * Reserves a range that consists of one hole.
     *
     * @param bytes the size in bytes, a multiple of an OS page
     * @throws OsRefusal if the platform does not support holes, or if the OS has no address space or no descriptor
     */
    public static GuardRange reserve(long bytes) {
        int file = isSupported() ? Libc.memoryFile(NAME) : -1;
        long base = file < 0 ? 0 : Libc.mapHole(file, bytes);
        if (base == 0) {
            if (file >= 0) {
                Libc.closeFile(file);
            }
            throw new OsRefusal(Messages.noHoles(bytes));
        }
        return new GuardRange(file, base, bytes);
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean back(long address, long bytes) {
        return Libc.mapMemory(address, bytes);
    }

    @Override
    public boolean hole(long address, long bytes) {
        return Libc.mapHole(address, bytes, file, address - base);
    }

    @Override
    public void keepOutOfDumps(long address, long bytes) {
        Libc.dump(address, bytes, false);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Libc.unmap(base, size);
            Libc.closeFile(file);
            Fence.mapped(-1);
        }
    }
}
