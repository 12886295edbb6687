package malloc9.malloc;

import malloc9.api.KernelMapExhausted;
import malloc9.api.MallocInterrupted;
import malloc9.api.MallocType;
import malloc9.api.raw.RawMalloc;

/** malloc(9) with addresses: the unsafe door, with the same checks at free. */
public final class RawMallocService implements RawMalloc {

    private final KernMalloc allocator;
    private final MallocTypes types;

    RawMallocService(KernMalloc allocator, MallocTypes types) {
        this.allocator = allocator;
        this.types = types;
    }

    @Override
    public long malloc(long size, MallocType type, long flags) {
        MallocTypeInternal known = types.bind(type, "malloc");
        return allocator.malloc(size, known, flags, true);
    }

    @Override
    public long mallocarray(long count, long size, MallocType type, long flags) {
        return malloc(KernMalloc.arrayBytes(count, size, types.bind(type, "mallocarray")), type, flags);
    }

    @Override
    public long mallocAligned(long size, long alignment, MallocType type, long flags) {
        return malloc(allocator.alignedBytes(size, alignment, types.bind(type, "malloc_aligned")), type, flags);
    }

    @Override
    public void free(long address, MallocType type) {
        if (address != 0) {
            allocator.free(address, types.bind(type, "free"), KernMalloc.NO_VIEW);
        }
    }

    @Override
    public void zfree(long address, MallocType type) {
        if (address != 0) {
            allocator.zfree(address, types.bind(type, "zfree"), KernMalloc.NO_VIEW);
        }
    }

    @Override
    public long realloc(long address, long size, MallocType type, long flags) {
        MallocTypeInternal known = types.bind(type, "realloc");
        return address == 0
                ? allocator.malloc(size, known, flags, true)
                : allocator.realloc(address, size, known, flags, true, KernMalloc.NO_VIEW);
    }

    @Override
    public long reallocf(long address, long size, MallocType type, long flags) {
        long moved;
        try {
            moved = realloc(address, size, type, flags);
        } catch (KernelMapExhausted | MallocInterrupted gotNothing) {
            free(address, type);
            throw gotNothing;
        }
        if (moved == 0) {
            free(address, type);
        }
        return moved;
    }

    @Override
    public long usableSize(long address, MallocType type) {
        MallocTypeInternal known = types.bind(type, "malloc_usable_size");
        return address == 0 ? 0 : allocator.usableSize(address, known, KernMalloc.NO_VIEW);
    }
}
