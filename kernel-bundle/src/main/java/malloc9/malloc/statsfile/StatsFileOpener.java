package malloc9.malloc.statsfile;

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
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the statistics file at boot, or says why there is none: nothing of another's is ever overwritten.
 *
 * <p>A file that a former kernel left is moved to {@code FILE.old}, in the place of an older one. An empty file is taken for
 * one that whoever made it has not come to fill.
 *
 * <p>Two kernels are kept apart by a lock of the OS, which dies with its process. Where the OS drops a process's locks as soon as it
 * closes the file by any way (POSIX), a kernel may lose its lock to a reader in its own process; a second kernel then moves
 * the file aside, and the first goes on counting in it under its new name.
 */
public final class StatsFileOpener {

    private static final int ZEROS = 1 << 16;

    private final Path path;
    private final Path old;
    private final int capacity;
    private final Consumer<String> warn;
    private final List<String> lines = new ArrayList<>();

    private StatsFileOpener(Path path, int capacity, Consumer<String> warn) {
        this.path = path;
        this.old = path.resolveSibling(path.getFileName() + ".old");
        this.capacity = capacity;
        this.warn = warn;
    }

    /**
     * What came of it.
     *
     * @param file null if there is none
     * @param lines what is to be said
     */
    public record Result(@Nullable StatsFile file, List<String> lines) {}

    /**
     * Makes the file.
     *
     * @param path blank for none
     * @param warn says a line later on
     */
    public static Result of(String path, Consumer<String> warn) {
        return of(path, StatsFile.CAPACITY, warn);
    }

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

    /** Moves away what a former kernel left; the reason why not, or null. */
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
            // Another kernel may have moved it before it was locked here; what has its name now is the other's.
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

    /** The new file; null if another kernel is making it. */
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

    /** Writes every block of the file, the header first, so that what is left of it is known for ours. */
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

    private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
        }
    }

    /** Tells the file of this name from others of the same name; null where the OS has no such key, or there is no file. */
    private @Nullable Object fileKey() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException moved) {
            return null;
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(Layout.LOCK_OFFSET, 1, false) != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return isOurs(header(channel));
        }
    }

    private static boolean isOurs(ByteBuffer header) {
        return header.limit() == Layout.DIRECTORY_OFFSET
                && header.slice(0, Layout.MAGIC.length).equals(ByteBuffer.wrap(Layout.MAGIC));
    }

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
