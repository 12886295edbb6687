package dev.malloc9.vm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A page source that maps a sparse temporary file. It needs only Java and is slower. It cannot exclude pages from core dumps.
 *
 * <p>Purged pages are zeroed, and their memory stays in use: Java has no portable way to return it to the OS.
 */
final class FilePages implements PageSource {

    private final Arena arena;
    private final long size;

    /** The range and its shadow. The scope ends with {@link #close()}. */
    private final MemorySegment all;

    private FilePages(Arena arena, MemorySegment all, long size) {
        this.arena = arena;
        this.all = all;
        this.size = size;
    }

    /**
     * Reserves a range of the given size in bytes, rounded up to a superpage. A smaller range is not tried.
     *
     * @throws OsRefusal if the file cannot be created or mapped
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the arena
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
