package malloc9.malloc.alloc;

import java.lang.foreign.MemorySegment;
import malloc9.debug.BlockRecord;
import malloc9.debug.memguard.GuardedBlock;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.block.PlainBlocks;
import malloc9.malloc.block.RequestCheck;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Slab;
import malloc9.vm.StackRoom;

/**
 * realloc(9): a block stays where it is if more than half of it is still used, and else is copied to a new one.
 *
 * <p>An armoured block never stays, so that its red zones are looked at. A guarded block moves to another guarded one if there can be one.
 */
public final class Realloc {

    /** All memory: guarded blocks and the kernel map. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** The size of the smallest block, which stays however small the request is. */
    private static final int MIN_ALLOC = Slab.GRANULE;

    private final Blocks allocator;
    private final SlowPath slow;

    /** malloc and free, by the fast path where it can serve the request. */
    interface Blocks {

        /** Allocates; returns 0 only with M_NOWAIT. */
        long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw);

        void free(long address, MallocTypeInternal type, long viewBytes);
    }

    public Realloc(Blocks allocator, SlowPath slow) {
        this.allocator = allocator;
        this.slow = slow;
    }

    /**
     * Reallocates a block of the type; returns 0 only with M_NOWAIT, and the block is untouched.
     *
     * @param raw whether the block is handed out by address
     */
    long realloc(long address, long bytes, MallocTypeInternal type, long flags, boolean raw, long viewBytes) {
        StackRoom.forRequests();
        RequestCheck.checkFlags(flags, "realloc");
        slow.requests.checkSize(bytes, type, "realloc");
        type.types.fence(type, "realloc");
        if (slow.guarded.owns(address)) {
            return ofGuarded(address, bytes, type, flags, raw, viewBytes);
        }
        BlockRecord record = slow.blocks.noted(address);
        long itemBytes = slow.blocks.locate(address, type, viewBytes, "realloc").itemBytes;
        long usable = record == null ? itemBytes : record.bytes;
        if (record == null && bytes <= usable && (bytes > usable / 2 || usable == MIN_ALLOC)) {
            return address;
        }
        long moved = allocator.malloc(bytes, type, flags, raw);
        if (moved != 0) {
            copy(address, MemGuard.unmark(moved), Math.min(bytes, usable), type);
            freeOld(() -> allocator.free(address, type, viewBytes), moved, type);
        }
        return moved;
    }

    /** Moves a guarded block. A sample stays one, unless the new block is guarded for another reason. */
    private long ofGuarded(long address, long bytes, MallocTypeInternal type, long flags, boolean raw, long viewBytes) {
        GuardedBlock old = slow.guarded.locate(address, type, viewBytes, "realloc");
        boolean sampled = old.sampled() && !slow.guarded.wants(bytes, type);
        long moved = slow.mallocGuarded(bytes, type, flags, raw, sampled);
        if (moved != 0) {
            long kept = Math.min(bytes, old.bytes());
            freeOld(
                    () -> slow.guarded.free(old, type, "realloc", () -> copy(address, MemGuard.unmark(moved), kept)),
                    moved,
                    type);
        }
        return moved;
    }

    /**
     * Frees the old block. If that is refused, because another thread was faster or the block was damaged, the caller gets the error and
     * not the new block, which is freed.
     */
    private void freeOld(Runnable free, long moved, MallocTypeInternal type) {
        try {
            free.run();
        } catch (RuntimeException | Error refused) {
            allocator.free(MemGuard.unmark(moved), type, PlainBlocks.NO_VIEW);
            throw refused;
        }
    }

    /** Copies between two blocks of a type; a stop of its owner waits for the copy. */
    private void copy(long from, long to, long bytes, MallocTypeInternal type) {
        Pcpu cpu = slow.sections.enterAlive(type, "realloc");
        try {
            copy(from, to, bytes);
        } finally {
            slow.sections.leave(cpu);
        }
    }

    private static void copy(long from, long to, long bytes) {
        MemorySegment.copy(MEMORY, from, MEMORY, to, bytes);
    }
}
