package malloc9.vm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A sparse temporary file, mapped: the page source that needs nothing but Java, slower but whole.
 *
 * <p>Purged pages are zeroed, which keeps their memory: Java has no portable way to give it back.
 */
final class FilePages implements PageSource {

    private final Arena arena;
    private final long size;

    /** The range and its shadow. */
    private final MemorySegment all;

    private FilePages(Arena arena, MemorySegment all, long size) {
        this.arena = arena;
        this.all = all;
        this.size = size;
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    static FilePages reserve(long bytes) {
        long size = PageSource.roundUp(bytes, SUPERPAGE);
        long allBytes = size + PageSource.shadowBytes(size);
        Arena arena = Arena.ofShared();
        try {
            Path file = Files.createTempFile("malloc9-", ".pages");
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                MemorySegment mapping = channel.map(MapMode.READ_WRITE, 0, allBytes + SUPERPAGE, arena);
                long skip = PageSource.roundUp(mapping.address(), SUPERPAGE) - mapping.address();
                return new FilePages(arena, mapping.asSlice(skip, allBytes), size);
            }
        } catch (IOException e) {
            arena.close();
            throw new OsRefusal(Messages.noFile(size), e);
        }
    }

    @Override
    public long base() {
        return all.address();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment shadow() {
        return all.asSlice(size);
    }

    @Override
    public void purge(long offset, long bytes) {
        all.asSlice(offset, bytes).fill((byte) 0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
