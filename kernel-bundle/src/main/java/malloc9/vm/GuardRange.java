package malloc9.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A guard range is reserved address space that consists of holes, but for the pages that are backed.
 *
 * <p>A hole is a mapping beyond the end of a file of no bytes. Its touch is SIGBUS, which a JVM turns into an
 * {@link InternalError} of the thread where Java code touched; of a mapping without access it would be SIGSEGV, and the JVM's end.
 * See {@link Fence} for when the error comes.
 *
 * <pre>
 *   maps of the process     | hole            | memory  | hole            | memory | hole      ...
 *   backed                                     [block  )                   [block )
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one file for the whole range, mapped linearly, so that Linux joins holes side by side into one map: a range of which
 *       nothing is backed is a single one.
 *   <li>Concurrency: each call is one system call; callers see to it that no two are about the same pages.
 *   <li>Invariants: pages are memory from {@link #back} to {@link #hole}, and read as zero at first.
 *   <li>Cost: a backed piece costs two maps, of which a process may have {@link #mapLimit()}: past that the JVM itself cannot grow its heap
 *       or start a thread, and ends. So who backs counts pieces, and stays far below.
 *   <li>Differs from BSD: there a hole is address space without a mapping; a trap there names its address.
 * </ul>
 */
public final class GuardRange implements HoleSource {

    /** What {@code /proc/self/maps} calls it. */
    static final String NAME = "malloc9 memguard";

    private static final Path MAX_MAP_COUNT = Path.of("/proc/sys/vm/max_map_count");

    /** Linux's default. */
    private static final int USUAL_MAP_LIMIT = 65_530;

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

    /** Whether this platform has holes at all. */
    public static boolean isSupported() {
        return Libc.hasHoles();
    }

    /** How many maps the OS allows a process (vm.max_map_count). */
    public static int mapLimit() {
        // Read in one go: what Linux has for a second read of such a file is its end, wherever the first one stopped.
        try (BufferedReader limit = Files.newBufferedReader(MAX_MAP_COUNT)) {
            return Integer.parseInt(String.valueOf(limit.readLine()).strip());
        } catch (IOException | NumberFormatException unknown) {
            return USUAL_MAP_LIMIT;
        }
    }

    /**
     * Reserves a range, all of it a hole.
     *
     * @param bytes whole OS pages
     * @throws OsRefusal if the OS has no room, or no such files
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
