package malloc9.vm;

/** Anonymous memory from mmap: reserved without being accounted, backed at the first touch. */
final class AnonymousPages implements PageSource {

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
                return new AnonymousPages(mapping, mappedBytes, size);
            }
            if (size == SUPERPAGE) {
                break;
            }
        }
        throw new IllegalStateException("the OS grants no address space, not even " + 2L * SUPERPAGE + " bytes");
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
    public void purge(long offset, long bytes) {
        Libc.purge(base + offset, bytes);
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
