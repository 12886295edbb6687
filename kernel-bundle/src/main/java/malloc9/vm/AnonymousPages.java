package malloc9.vm;

import java.lang.foreign.MemorySegment;

/** Anonymous memory from mmap: reserved without being accounted, backed at the first touch. */
final class AnonymousPages implements PageSource {

    /** What {@code /proc/self/maps} calls it, where the OS can. */
    static final String NAME = "malloc9 kernel map";

    private final long mapping;
    private final long mappedBytes;
    private final long base;
    private final long size;

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
            long mappedBytes = size + SUPERPAGE;
            long mapping = Libc.reserve(mappedBytes);
            if (mapping != 0) {
                Libc.name(mapping, mappedBytes, NAME);
                return new AnonymousPages(mapping, mappedBytes, size);
            }
            if (size == SUPERPAGE) {
                break;
            }
        }
        throw new OsRefusal(Messages.noAddressSpace(2L * SUPERPAGE));
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long size() {
        return size;
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
        Libc.unmap(mapping, mappedBytes);
    }
}
