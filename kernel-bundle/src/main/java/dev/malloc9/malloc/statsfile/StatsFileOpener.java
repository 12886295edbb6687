package dev.malloc9.malloc.statsfile;

import dev.malloc9.vm.PageSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the statistics file at boot, or gives the reason why there is none. A file that is not a statistics file is never overwritten.
 *
 * <p>A statistics file that a former kernel has left is renamed to {@code FILE.old}, and replaces an older statistics file of that name. A
 * file whose kernel died while making it is deleted. An empty file counts as unfinished: if its lock is free, this kernel fills it.
 *
 * <p>An OS lock keeps two kernels from using the same file; it ends with its process. On POSIX systems, a process loses its locks on a file
 * as soon as it closes any descriptor of that file. A kernel may therefore lose its lock to a reader in its own process. A second kernel
 * then renames the file, and the first kernel goes on counting in it under its new name.
 */
public final class StatsFileOpener {

    /** The number of zero bytes that are written at once. */
    private static final int ZEROS = 1 << 16;

    /** The absolute path of the file to be made. */
    private final Path path;

    /** The path to which a former kernel's file is renamed. */
    private final Path old;

    private final int capacity;
    private final Consumer<String> warn;

    /** The messages so far. */
    private final List<String> lines = new ArrayList<>();

    private StatsFileOpener(Path path, int capacity, Consumer<String> warn) {
        this.path = path;
        this.old = path.resolveSibling(path.getFileName() + ".old");
        this.capacity = capacity;
        this.warn = warn;
    }

    /**
     * The result of an attempt to make the file.
     *
     * @param file the file; null if there is none
     * @param lines the messages for the operator, which the caller reports
     */
    public record Result(@Nullable StatsFile file, List<String> lines) {}

    /**
     * Creates the file. An I/O error is reported as a message, not thrown.
     *
     * @param path the path of the file; blank for no file and no message
     * @param warn the consumer of messages that occur later
     */
    public static Result of(String path, Consumer<String> warn) {
        return of(path, StatsFile.CAPACITY, warn);
    }

    /**
     * Creates the file as {@link #of(String, Consumer)} does.
     *
     * @param capacity the number of places for types
     */
    static Result of(String path, int capacity, Consumer<String> warn) {
        if (path.isBlank()) {
            return new Result(null, List.of());
        }
        Path file;
        try {
            file = Path.of(path.strip()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            return new Result(null, List.of(Messages.badPath(path)));
        }
        if (file.getFileName() == null) {
            return new Result(null, List.of(Messages.notRegular(file)));
        }
        return new StatsFileOpener(file, capacity, warn).open();
    }

    /** Makes room, creates the file, and collects the messages. */
    private Result open() {
        try {
            String refusal = makeRoom();
            if (refusal != null) {
                return new Result(null, List.of(refusal));
            }
            StatsFile file = make();
            if (file == null) {
                return new Result(null, List.of(Messages.inUse(path)));
            }
            lines.add(Messages.opened(path, capacity));
            return new Result(file, List.copyOf(lines));
        } catch (IOException e) {
            lines.add(Messages.refused(path, e));
            return new Result(null, List.copyOf(lines));
        }
    }

    /**
     * Renames a statistics file that a former kernel has left; deletes an unfinished one. Leaves an empty file in place.
     *
     * @return the reason why the new file cannot be made; null if it can
     */
    private @Nullable String makeRoom() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return Messages.notRegular(path);
        }
        if (Files.size(path) == 0) {
            return null;
        }
        Object key = fileKey();
        try (FileChannel left = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer header = header(left);
            if (!isOurs(header)) {
                return Messages.notOurs(path);
            }
            if (!lock(left)) {
                return Messages.inUse(path);
            }
            // Another kernel may have renamed the file before the lock was taken. The file that has the name now then
            // belongs to that kernel.
            if (!Objects.equals(key, fileKey())) {
                return Messages.inUse(path);
            }
            int state = header(left).getInt((int) Layout.STATE_OFFSET);
            if (state == Layout.BEING_MADE) {
                Files.delete(path);
                return null;
            }
            if (Files.exists(old, LinkOption.NOFOLLOW_LINKS) && !isOurs(old)) {
                return Messages.notOurs(old);
            }
            Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
            lines.add(Messages.keptAside(old, header.getLong((int) Layout.PID_OFFSET), state == Layout.ENDED_CLEANLY));
            return null;
        }
    }

    /**
     * Creates, locks, fills and maps the new file. If filling fails, deletes it.
     *
     * @return the file, or null if another kernel is making it or has made it
     */
    private @Nullable StatsFile make() throws IOException {
        boolean empty = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel = FileChannel.open(
                path,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                empty ? StandardOpenOption.CREATE : StandardOpenOption.CREATE_NEW);
        boolean done = false;
        try {
            if (!lock(channel) || channel.size() != 0) {
                return null;
            }
            try {
                fill(channel);
            } catch (IOException e) {
                Files.delete(path);
                throw e;
            }
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, Layout.fileBytes(capacity), Arena.ofAuto());
            MappedWords words = new MappedWords(file);
            words.putInt(Layout.STATE_OFFSET, Layout.IN_USE);
            done = true;
            return new StatsFile(path, channel, words, capacity, warn);
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    /** Writes every block of the file. The header comes first, so that an unfinished file is recognized as a statistics file. */
    private void fill(FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate((int) Layout.DIRECTORY_OFFSET)
                .order(ByteOrder.nativeOrder())
                .put(0, Layout.MAGIC)
                .putInt((int) Layout.VERSION_OFFSET, Layout.VERSION)
                .putInt((int) Layout.STATE_OFFSET, Layout.BEING_MADE)
                .putLong((int) Layout.BOOTED_OFFSET, System.currentTimeMillis())
                .putLong((int) Layout.PID_OFFSET, ProcessHandle.current().pid())
                .putLong((int) Layout.PAGE_OFFSET, PageSource.PAGE)
                .putLong((int) Layout.STREAM_OFFSET_OFFSET, Layout.streamOffset(capacity))
                .putLong((int) Layout.CAPACITY_OFFSET, capacity);
        write(channel, header, 0);
        long end = Layout.fileBytes(capacity);
        for (long at = Layout.DIRECTORY_OFFSET; at < end; at += ZEROS) {
            write(channel, ByteBuffer.allocate((int) Math.min(ZEROS, end - at)), at);
        }
        ByteBuffer stream = ByteBuffer.allocate((int) Layout.PLACES_OFFSET).order(ByteOrder.nativeOrder());
        stream.putInt((int) Layout.STREAM_VERSION_OFFSET, Layout.STREAM_VERSION);
        stream.putInt((int) Layout.MAXCPUS_OFFSET, Layout.MAXCPUS);
        write(channel, stream, Layout.streamOffset(capacity));
    }

    /** Writes all bytes of a buffer at the given offset. */
    private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
        }
    }

    /**
     * Returns the OS's key of the file that has the path now, which distinguishes it from other files of that name. Returns null if the OS
     * has no such keys or there is no file.
     */
    private @Nullable Object fileKey() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException moved) {
            return null;
        }
    }

    /** Tries to lock the file. Returns false if another process or another kernel in this process holds the lock. */
    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(Layout.LOCK_OFFSET, 1, false) != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    /** Returns whether a path denotes a regular file with the header of a statistics file. */
    private static boolean isOurs(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return isOurs(header(channel));
        }
    }

    /** Returns whether a header is complete and has the magic of a statistics file. */
    private static boolean isOurs(ByteBuffer header) {
        return header.limit() == Layout.DIRECTORY_OFFSET
                && header.slice(0, Layout.MAGIC.length).equals(ByteBuffer.wrap(Layout.MAGIC));
    }

    /** Reads the header. If the file is shorter, the limit of the buffer is the length of the file. */
    private static ByteBuffer header(FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate((int) Layout.DIRECTORY_OFFSET).order(ByteOrder.nativeOrder());
        while (header.hasRemaining()) {
            if (channel.read(header, header.position()) < 0) {
                break;
            }
        }
        return header.flip();
    }
}
