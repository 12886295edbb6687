package malloc9.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Anonymous memory from mmap: reserved without being accounted, backed at the first touch. */
final class AnonymousPages implements PageSource {

    /** What {@code /proc/self/maps} calls it, where the OS can. */
    static final String NAME = "malloc9 kernel map";

    /** The same of its shadow. */
    static final String SHADOW_NAME = "malloc9 shadow";

    private final long mapping;
    private final long mappedBytes;
    private final long base;
    private final long size;

    /** Of the shadow, which is read without knowing whether it is still there. */
    private final Arena arena = Arena.ofShared();

    private AnonymousPages(long mapping, long mappedBytes, long size) {
        this.mapping = mapping;
        this.mappedBytes = mappedBytes;
        this.base = PageSource.roundUp(mapping, SUPERPAGE);
        this.size = size;
    }

    static AnonymousPages reserve(long bytes) {
        for (long size = PageSource.roundUp(bytes, SUPERPAGE);
                size >= SUPERPAGE;
                size = PageSource.roundUp(size / 2, SUPERPAGE)) {
            long mappedBytes = size + PageSource.shadowBytes(size) + SUPERPAGE;
            long mapping = Libc.reserve(mappedBytes);
            if (mapping != 0) {
                AnonymousPages pages = new AnonymousPages(mapping, mappedBytes, size);
                Libc.name(pages.base, size, NAME);
                Libc.name(pages.base + size, PageSource.shadowBytes(size), SHADOW_NAME);
                return pages;
            }
            if (size == SUPERPAGE) {
                break;
            }
        }
        throw new OsRefusal(Messages.noAddressSpace(2L * SUPERPAGE + PageSource.shadowBytes(SUPERPAGE)));
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
    public MemorySegment shadow() {
        return MemorySegment.ofAddress(base + size).reinterpret(PageSource.shadowBytes(size), arena, null);
    }

    /** What the OS does not take back, since somebody has locked it into memory, is zeroed and kept. */
    @Override
    public void purge(long offset, long bytes) {
        if (!Libc.purge(base + offset, bytes)) {
            MemorySegment.ofAddress(base + offset).reinterpret(bytes).fill((byte) 0);
        }
    }

    @Override
    public void dump(long offset, long bytes, boolean dumped) {
        Libc.dump(base + offset, bytes, dumped);
    }

    @Override
    public void close() {
        arena.close();
        Libc.unmap(mapping, mappedBytes);
    }
}
