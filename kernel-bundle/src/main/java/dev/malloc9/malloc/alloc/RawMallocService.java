package dev.malloc9.malloc.alloc;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.vm.ContigRange;

/**
 * The service {@link RawMalloc}: malloc(9) with addresses, which is unsafe. A free has the same checks as with segments, except that an
 * address has no length and no scope to check.
 */
public final class RawMallocService implements RawMalloc {

    private final Allocator allocator;
    private final Realloc realloc;
    private final ContigMalloc contig;

    public RawMallocService(Allocator allocator, Realloc realloc, ContigMalloc contig) {
        this.allocator = allocator;
        this.realloc = realloc;
        this.contig = contig;
    }

    @Override
    public long malloc(long size, MallocType type, long flags) {
        Allocator kernel = known();
        return kernel.malloc(size, kernel.types().bind(type, "malloc"), flags, true);
    }

    @Override
    public long mallocarray(long count, long size, MallocType type, long flags) {
        return malloc(RequestCheck.arrayBytes(count, size, allocator.types().bind(type, "mallocarray")), type, flags);
    }

    @Override
    public long mallocAligned(long size, long alignment, MallocType type, long flags) {
        return malloc(
                allocator
                        .slow()
                        .requests
                        .alignedBytes(size, alignment, allocator.types().bind(type, "malloc_aligned")),
                type,
                flags);
    }

    @Override
    public void free(long address, MallocType type) {
        if (address != 0) {
            Allocator kernel = known();
            kernel.free(address, kernel.types().bind(type, "free"), Refusals.NO_VIEW);
        }
    }

    @Override
    public void zfree(long address, MallocType type) {
        if (address != 0) {
            allocator.slow().zfree(address, allocator.types().bind(type, "zfree"), Refusals.NO_VIEW);
        }
    }

    @Override
    public long realloc(long address, long size, MallocType type, long flags) {
        MallocTypeInternal known = allocator.types().bind(type, "realloc");
        return address == 0
                ? allocator.malloc(size, known, flags, true)
                : realloc.realloc(address, size, known, flags, true, Refusals.NO_VIEW);
    }

    @Override
    public long reallocf(long address, long size, MallocType type, long flags) {
        RequestCheck.checkFlags(flags, "realloc");
        allocator.types().bind(type, "realloc");
        long moved;
        try {
            moved = realloc(address, size, type, flags);
        } catch (InvalidRequest | KernelMapExhausted | InterruptedRequest failed) {
            free(address, type);
            throw failed;
        }
        if (moved == 0) {
            free(address, type);
        }
        return moved;
    }

    @Override
    public long usableSize(long address, MallocType type) {
        MallocTypeInternal known = allocator.types().bind(type, "malloc_usable_size");
        return address == 0 ? 0 : allocator.slow().usableSize(address, known, Refusals.NO_VIEW);
    }

    @Override
    public long contigmalloc(
            long size, MallocType type, long flags, long low, long high, long alignment, long boundary) {
        ContigRange where = new ContigRange(low, high, alignment, boundary);
        return contig.malloc(size, allocator.types().bind(type, "contigmalloc"), flags, where, true);
    }

    @Override
    public void contigfree(long address, long size, MallocType type) {
        if (address != 0) {
            contig.free(address, size, allocator.types().bind(type, "contigfree"), Refusals.NO_VIEW);
        }
    }

    @Override
    public long vtophys(long address) {
        return contig.physical(address);
    }

    /** Returns the allocator of this service, as a JIT constant if this service belongs to the {@link ConstantKernel}. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private Allocator known() {
        KernelServices doors = ConstantKernel.known();
        return doors != null && doors.addresses() == this ? doors.kernel() : allocator;
    }
}
