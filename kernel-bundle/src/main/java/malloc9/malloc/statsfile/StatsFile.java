package malloc9.malloc.statsfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import malloc9.sysctl.Truncated;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The file in which the statistics of types outlive their process ({@code kern.malloc_stats_file}).
 *
 * <p>A page of a shared file mapping is the OS's: what was stored into it is in the file, even if the process is killed the next
 * instant. It is not safe from the machine's own death, since nobody forces it to the disk.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link Layout}.
 *   <li>Concurrency: places are given and taken under the lock; counting ({@link TypeRecord}) takes none.
 *   <li>Invariants: a directory entry is 0 while its place is being made ready; a place is given again only after its former
 *       type has come to rest. Every block of the file was written once before it is mapped, so that no store finds the disk
 *       full.
 *   <li>Cost: 8 bytes and {@link Layout#PLACE_BYTES} for each of the types that it has places for.
 *   <li>Differs from BSD: there is none there.
 * </ul>
 */
public final class StatsFile implements AutoCloseable {

    /** Places for types: 2 MiB. */
    static final int CAPACITY = 1024;

    private final Path path;
    private final FileChannel channel;
    private final MappedWords file;
    private final int capacity;
    private final Consumer<String> warn;
    private final KernelLock lock = new KernelLock();

    /** Places that are not free, by types or by what is left of them. Guarded by lock. */
    private final BitSet places = new BitSet();

    /** Types that were ever given a place. Guarded by lock. */
    private long registered;

    /** Guarded by lock. */
    private long missed;

    /** What is to be said once no lock is held. */
    private final Queue<String> unsaid = new ConcurrentLinkedQueue<>();

    /**
     * The file over its mapping, which is ready.
     *
     * @param channel holds the lock of the file
     * @param warn says a line
     */
    StatsFile(Path path, FileChannel channel, MappedWords file, int capacity, Consumer<String> warn) {
        this.path = path;
        this.channel = channel;
        this.file = file;
        this.capacity = capacity;
        this.warn = warn;
    }

    /** Where it was made, absolute. */
    public Path path() {
        return path;
    }

    /** Gives a type its place; null if there is none left, which {@link #tell} will say. */
    public @Nullable TypeRecord add(String name) {
        lock.lock();
        try {
            int place = places.nextClearBit(0);
            if (place >= capacity) {
                file.put(Layout.MISSED_OFFSET, ++missed);
                unsaid.add(Messages.full(path, capacity, name));
                return null;
            }
            places.set(place);
            long offset = Layout.placeOffset(capacity, place);
            file.zero(offset, Layout.PLACE_BYTES);
            file.put(offset, Truncated.name(name, (int) Layout.NAME_BYTES));
            long counted = Layout.streamOffset(capacity) + Layout.COUNT_OFFSET;
            file.putInt(counted, Math.max(file.getInt(counted), place + 1));
            file.put(directoryOffset(place), ++registered);
            return new TypeRecord(place, file, offset + Layout.STATS_OFFSET);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a type out of the file; its record may still be counted in. */
    public void remove(TypeRecord type) {
        file.put(directoryOffset(type.place), 0);
    }

    /** Lets the place of a type that was taken out be given again, once nobody counts in it. */
    public void forget(TypeRecord type) {
        lock.lock();
        try {
            places.clear(type.place);
        } finally {
            lock.unlock();
        }
    }

    /** Says which types found no place; called outside all locks. */
    public void tell() {
        for (String line = unsaid.poll(); line != null; line = unsaid.poll()) {
            warn.accept(line);
        }
    }

    /** Says in the file that its kernel ended in order. Types that are in it stay, with what they had in use. */
    @Override
    public void close() {
        file.put(Layout.ENDED_OFFSET, System.currentTimeMillis());
        file.putInt(Layout.STATE_OFFSET, Layout.ENDED_CLEANLY);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long directoryOffset(int place) {
        return Layout.DIRECTORY_OFFSET + (long) place * Long.BYTES;
    }
}
