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
    private final MemorySegment range;

    private FilePages(Arena arena, MemorySegment range) {
        this.arena = arena;
        this.range = range;
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    static FilePages reserve(long bytes) {
        long size = PageSource.roundUp(bytes, SUPERPAGE);
        Arena arena = Arena.ofShared();
        try {
            Path file = Files.createTempFile("malloc9-", ".pages");
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                MemorySegment mapping = channel.map(MapMode.READ_WRITE, 0, size + SUPERPAGE, arena);
                long skip = PageSource.roundUp(mapping.address(), SUPERPAGE) - mapping.address();
                return new FilePages(arena, mapping.asSlice(skip, size));
            }
        } catch (IOException e) {
            arena.close();
            throw new OsRefusal(Messages.noFile(size), e);
        }
    }

    @Override
    public long base() {
        return range.address();
    }

    @Override
    public long size() {
        return range.byteSize();
    }

    @Override
    public void purge(long offset, long bytes) {
        range.asSlice(offset, bytes).fill((byte) 0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
