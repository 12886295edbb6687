package dev.malloc9.malloc.statsfile;

import dev.malloc9.sysctl.Truncated;
import dev.malloc9.vm.KernelLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file in which the statistics of types outlive their process ({@code kern.malloc_stats_file}).
 *
 * <p>The pages of a shared file mapping belong to the OS. A value that was stored into the mapping is in the file, even if the process is
 * killed immediately afterwards. A crash of the machine may lose the values, because they are not forced to the disk.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link Layout}.
 *   <li>Concurrency: places are assigned and released under the lock; counting ({@link TypeRecord}) takes no lock.
 *   <li>Invariants: a directory entry is 0 while its place is being prepared. A place is assigned again only after the counters of its
 *       former type are at rest. Every block of the file is written once before the file is mapped, so that no store finds the disk full
 *       (on a copy-on-write file system it still may).
 *   <li>Cost: a header of 4 KiB; 8 bytes and {@link Layout#PLACE_BYTES} for each place.
 *   <li>Differs from BSD: FreeBSD has no such file.
 * </ul>
 */
public final class StatsFile implements AutoCloseable {

    /** The default number of places for types; they take about 2 MiB. */
    static final int CAPACITY = 1024;

    /** The absolute path at which the file was made. */
    private final Path path;

    /** The channel that holds the OS lock of the file until {@link #close()}. */
    private final FileChannel channel;

    private final MappedWords file;

    /** The number of places. */
    private final int capacity;

    /** The consumer of messages. */
    private final Consumer<String> warn;

    private final KernelLock lock = new KernelLock();

    /** The occupied places, of registered types and of retired types that are not forgotten yet. Guarded by {@code lock}. */
    private final BitSet places = new BitSet();

    /** The number of types that were ever given a place. Guarded by {@code lock}. */
    private long registered;

    /** The number of types that found no place. Guarded by {@code lock}. */
    private long missed;

    /** The messages that are to be reported when no lock is held. */
    private final Queue<String> unsaid = new ConcurrentLinkedQueue<>();

    /**
     * Creates the object for a file whose mapping is ready.
     *
     * @param path the absolute path of the file
     * @param channel the channel that holds the lock of the file
     * @param file the mapping of the whole file
     * @param capacity the number of places
     * @param warn the consumer of messages, called outside all locks
     */
    StatsFile(Path path, FileChannel channel, MappedWords file, int capacity, Consumer<String> warn) {
        this.path = path;
        this.channel = channel;
        this.file = file;
        this.capacity = capacity;
        this.warn = warn;
    }

    /** Returns the absolute path at which the file was made. */
    public Path path() {
        return path;
    }

    /**
     * Assigns a place to a new type. If there is none left, counts the type as missed, and queues a message for {@link #tell}.
     *
     * @param name the name of the type; cut off if it does not fit
     * @return the record of the type, or null if no place is left
     */
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

    /**
     * Removes a type from the file by clearing its directory entry. The place stays occupied, because critical sections may still count in
     * its record.
     */
    public void remove(TypeRecord type) {
        file.put(directoryOffset(type.place), 0);
    }

    /**
     * Releases the place of a removed type, so that it can be assigned again. The caller has made sure that no CPU counts in the record any
     * more.
     */
    public void forget(TypeRecord type) {
        lock.lock();
        try {
            places.clear(type.place);
        } finally {
            lock.unlock();
        }
    }

    /** Reports the types that found no place and were not reported yet. The caller holds no lock. */
    public void tell() {
        for (String line = unsaid.poll(); line != null; line = unsaid.poll()) {
            warn.accept(line);
        }
    }

    /**
     * Marks the file as ended cleanly, and releases its lock. Types that are still registered stay in the file, with their usage.
     *
     * @throws UncheckedIOException if the channel cannot be closed; the file is marked then
     */
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

    /** Returns the offset of a place's directory entry in the file, in bytes. */
    private static long directoryOffset(int place) {
        return Layout.DIRECTORY_OFFSET + (long) place * Long.BYTES;
    }
}
