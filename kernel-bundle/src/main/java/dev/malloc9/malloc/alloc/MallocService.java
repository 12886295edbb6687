package dev.malloc9.malloc.alloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.malloc.block.BlockMessages;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.vm.ContigRange;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The service {@link Malloc}: malloc(9) with memory segments. One instance serves all bundles; the memory type leads to all data that
 * differs between bundles.
 */
public final class MallocService implements Malloc {

    private final Allocator allocator;
    private final Realloc realloc;
    private final ContigMalloc contig;

    public MallocService(Allocator allocator, Realloc realloc, ContigMalloc contig) {
        this.allocator = allocator;
        this.realloc = realloc;
        this.contig = contig;
    }

    @Override
    public MemorySegment malloc(long size, MallocType type, int flags) {
        StackRoom.forSection();
        Allocator kernel = known();
        MallocTypeInternal known = kernel.types().bind(type, "malloc");
        requireWaitOk(flags, "malloc");
        long address = kernel.malloc(size, known, flags, false);
        return known.view(address, size);
    }

    @Override
    public @Nullable MemorySegment malloc(long size, MallocType type, long flags) {
        StackRoom.forSection();
        Allocator kernel = known();
        MallocTypeInternal known = kernel.types().bind(type, "malloc");
        long address = kernel.malloc(size, known, flags, false);
        return address == 0 ? null : known.view(address, size);
    }

    @Override
    public MemorySegment mallocarray(long count, long size, MallocType type, int flags) {
        return malloc(RequestCheck.arrayBytes(count, size, allocator.types().bind(type, "mallocarray")), type, flags);
    }

    @Override
    public @Nullable MemorySegment mallocarray(long count, long size, MallocType type, long flags) {
        return malloc(RequestCheck.arrayBytes(count, size, allocator.types().bind(type, "mallocarray")), type, flags);
    }

    @Override
    public MemorySegment mallocAligned(long size, long alignment, MallocType type, int flags) {
        long bytes = allocator
                .slow()
                .requests
                .alignedBytes(size, alignment, allocator.types().bind(type, "malloc_aligned"));
        return malloc(bytes, type, flags).asSlice(0, size);
    }

    @Override
    public @Nullable MemorySegment mallocAligned(long size, long alignment, MallocType type, long flags) {
        long bytes = allocator
                .slow()
                .requests
                .alignedBytes(size, alignment, allocator.types().bind(type, "malloc_aligned"));
        MemorySegment block = malloc(bytes, type, flags);
        return block == null ? null : block.asSlice(0, size);
    }

    @Override
    public void free(@Nullable MemorySegment block, MallocType type) {
        if (block != null) {
            Allocator kernel = known();
            MallocTypeInternal known = kernel.types().bind(type, "free");
            check(block, known, "free");
            kernel.free(block.address(), known, block.byteSize());
        }
    }

    @Override
    public void zfree(@Nullable MemorySegment block, MallocType type) {
        if (block != null) {
            MallocTypeInternal known = allocator.types().bind(type, "zfree");
            check(block, known, "zfree");
            allocator.slow().zfree(block.address(), known, block.byteSize());
        }
    }

    @Override
    public MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, int flags) {
        requireWaitOk(flags, "realloc");
        MallocTypeInternal known = allocator.types().bind(type, "realloc");
        return known.view(moved(block, size, known, flags), size);
    }

    @Override
    public @Nullable MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, long flags) {
        MallocTypeInternal known = allocator.types().bind(type, "realloc");
        long address = moved(block, size, known, flags);
        return address == 0 ? null : known.view(address, size);
    }

    @Override
    public MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, int flags) {
        requireWaitOk(flags, "realloc");
        RequestCheck.checkFlags(flags, "realloc");
        allocator.types().bind(type, "realloc");
        try {
            return realloc(block, size, type, flags);
        } catch (InvalidRequest | KernelMapExhausted | InterruptedRequest failed) {
            free(block, type);
            throw failed;
        }
    }

    @Override
    public @Nullable MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, long flags) {
        RequestCheck.checkFlags(flags, "realloc");
        allocator.types().bind(type, "realloc");
        MemorySegment moved;
        try {
            moved = realloc(block, size, type, flags);
        } catch (InvalidRequest | KernelMapExhausted | InterruptedRequest failed) {
            free(block, type);
            throw failed;
        }
        if (moved == null) {
            free(block, type);
        }
        return moved;
    }

    @Override
    public long mallocSize(long size) {
        return allocator.slow().mallocSize(size);
    }

    @Override
    public long usableSize(@Nullable MemorySegment block, MallocType type) {
        MallocTypeInternal known = allocator.types().bind(type, "malloc_usable_size");
        if (block == null) {
            return 0;
        }
        check(block, known, "malloc_usable_size");
        return allocator.slow().usableSize(block.address(), known, block.byteSize());
    }

    @Override
    public MemorySegment contigmalloc(
            long size, MallocType type, int flags, long low, long high, long alignment, long boundary) {
        requireWaitOk(flags, "contigmalloc");
        MallocTypeInternal known = allocator.types().bind(type, "contigmalloc");
        ContigRange where = new ContigRange(low, high, alignment, boundary);
        return known.view(contig.malloc(size, known, flags, where, false), size);
    }

    @Override
    public @Nullable MemorySegment contigmalloc(
            long size, MallocType type, long flags, long low, long high, long alignment, long boundary) {
        MallocTypeInternal known = allocator.types().bind(type, "contigmalloc");
        ContigRange where = new ContigRange(low, high, alignment, boundary);
        long address = contig.malloc(size, known, flags, where, false);
        return address == 0 ? null : known.view(address, size);
    }

    @Override
    public void contigfree(@Nullable MemorySegment block, long size, MallocType type) {
        if (block != null) {
            MallocTypeInternal known = allocator.types().bind(type, "contigfree");
            check(block, known, "contigfree");
            contig.free(block.address(), size, known, block.byteSize());
        }
    }

    @Override
    public long vtophys(MemorySegment block) {
        if (!block.isNative()) {
            throw new InvalidRequest(AllocMessages.heapSegment("vtophys", block.byteSize()));
        }
        return contig.physical(block.address());
    }

    /** Returns the allocator of this service, as a JIT constant if this service belongs to the {@link ConstantKernel}. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private Allocator known() {
        KernelServices doors = ConstantKernel.known();
        return doors != null && doors.segments() == this ? doors.kernel() : allocator;
    }

    /** Reallocates a block, or allocates one if {@code block} is null. Returns 0 only with M_NOWAIT. */
    private long moved(@Nullable MemorySegment block, long size, MallocTypeInternal type, long flags) {
        if (block == null) {
            return allocator.malloc(size, type, flags, false);
        }
        check(block, type, "realloc");
        return realloc.realloc(block.address(), size, type, flags, false, block.byteSize());
    }

    /**
     * Checks a segment before its address is used.
     *
     * @throws InvalidFree if the segment is read-only, lies on the Java heap, or has a scope that has ended
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private void check(MemorySegment block, MallocTypeInternal type, String function) {
        // The scope of a live type is alive and native: a segment with that scope needs no further test.
        if (block.isReadOnly()
                || (block.scope() != type.scope
                        && (!block.isNative() || !block.scope().isAlive()))) {
            throw unfreeable(block, type, function);
        }
    }

    /**
     * Creates the error for a segment that the check rejects. If its scope has ended and its address is MemGuard's, the error says whether
     * a block was freed there.
     */
    private InvalidFree unfreeable(MemorySegment block, MallocTypeInternal type, String function) {
        InvalidFree guarded = block.isNative() && !block.scope().isAlive()
                ? allocator.slow().guarded.stale(block, type, function)
                : null;
        return guarded != null ? guarded : allocator.slow().refusals.segment(function, block, type, null);
    }

    /** Rejects an int request without M_WAITOK: a method with int flags never returns null, so that the request must be allowed to wait. */
    private static void requireWaitOk(int flags, String function) {
        if ((flags & M_WAITOK) == 0) {
            throw new InvalidRequest(BlockMessages.badFlags(function, flags));
        }
    }
}
