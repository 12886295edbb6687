package dev.malloc9.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A page source of anonymous memory from mmap: the address space is reserved without being accounted, and backed on first touch. */
final class AnonymousPages implements PageSource {

    /** The name of the range in {@code /proc/self/maps}, if the OS supports such names. */
    static final String NAME = "malloc9 kernel map";

    /** The name of the shadow in {@code /proc/self/maps}, if the OS supports such names. */
    static final String SHADOW_NAME = "malloc9 shadow";

    /** The address of the mapping, which need not be aligned. The range starts at the next superpage. */
    private final long mapping;

    private final long mappedBytes;
    private final long base;
    private final long size;

    /**
     * The scope of the shadow. A reader of the shadow does not know whether it is still mapped; after {@link #close()} the access throws.
     */
    private final Arena arena = Arena.ofShared();

    private AnonymousPages(long mapping, long mappedBytes, long size) {
        this.mapping = mapping;
        this.mappedBytes = mappedBytes;
        this.base = PageSource.roundUp(mapping, SUPERPAGE);
        this.size = size;
    }

    /**
     * Reserves a range of the given size in bytes, rounded up to a superpage. If the OS refuses, tries half the size, down to one
     * superpage.
     *
     * @throws OsRefusal if the OS refuses one superpage, too
     */
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

    /** Returns memory to the OS. If the OS refuses, for example because the memory is locked (mlock), the memory is zeroed and kept. */
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
