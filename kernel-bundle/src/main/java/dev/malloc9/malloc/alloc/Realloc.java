package dev.malloc9.malloc.alloc;

import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.block.InternalFlags;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Slab;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;

/**
 * The implementation of realloc(9). If the new size is more than half of the block and not above it, the block stays in place. A block of
 * the smallest size stays for every size that fits. Otherwise the content is copied to a new block, and the old block is freed.
 *
 * <p>An armoured block never stays in place, so that its red zones are checked. A guarded block always moves, to another guarded block if
 * MemGuard has one.
 */
public final class Realloc {

    /** A segment over the whole address space, which contains the guarded blocks and the kernel map. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** The size of the smallest block in bytes. Such a block stays in place for every request that fits. */
    private static final int MIN_ALLOC = Slab.GRANULE;

    private final Blocks allocator;
    private final SlowPath slow;

    /** The operations malloc and free; the fast path serves a request if it can. */
    interface Blocks {

        /** Allocates a block; returns 0 only with M_NOWAIT. Unless {@code raw} is set, the address of a guarded block is marked. */
        long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw);

        /** Frees a block, or throws InvalidFree; {@code viewBytes} is the length of the caller's view in bytes, or Refusals.NO_VIEW. */
        void free(long address, MallocTypeInternal type, long viewBytes);
    }

    public Realloc(Blocks allocator, SlowPath slow) {
        this.allocator = allocator;
        this.slow = slow;
    }

    /**
     * Reallocates a block of the type. Returns 0 only with M_NOWAIT. If there is no new block, the old one is untouched, except after a
     * BlockDamaged. M_ZERO has no effect on a block that stays in place. Also throws as {@link SlowPath#malloc}.
     *
     * @param bytes the new size in bytes
     * @param raw whether the new block is handed out by address; otherwise the address of a guarded block is marked
     * @param viewBytes the length of the caller's view of the old block in bytes, or Refusals.NO_VIEW
     * @throws dev.malloc9.api.InvalidFree if no live block of the type starts at the address, or the view is longer than the block
     * @throws dev.malloc9.api.BlockDamaged if the old block was damaged and vm.redzone.panic is set; both blocks are free
     */
    long realloc(long address, long bytes, MallocTypeInternal type, long flags, boolean raw, long viewBytes) {
        StackRoom.forRequests();
        RequestCheck.checkFlags(flags, "realloc");
        slow.requests.checkSize(bytes, type, "realloc");
        type.types.fence(type, "realloc");
        if (slow.guarded.owns(address)) {
            return ofGuarded(address, bytes, type, InternalFlags.of(flags, raw), viewBytes);
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
            try {
                allocator.free(address, type, viewBytes);
            } catch (RuntimeException | Error refused) {
                freeNew(moved, type);
                throw refused;
            }
        }
        return moved;
    }

    /** Moves a guarded block. If the old block is a sample, the new one is a sample, too, unless it is guarded for another reason. */
    private long ofGuarded(long address, long bytes, MallocTypeInternal type, long flags, long viewBytes) {
        GuardedBlock old = slow.guarded.locate(address, type, viewBytes, "realloc");
        boolean sampled = old.sampled() && !slow.guarded.wants(bytes, type);
        long moved = slow.mallocGuarded(bytes, type, flags, sampled);
        if (moved != 0) {
            long kept = Math.min(bytes, old.bytes());
            try {
                slow.guarded.free(old, type, "realloc", () -> copy(address, MemGuard.unmark(moved), kept));
            } catch (RuntimeException | Error refused) {
                freeNew(moved, type);
                throw refused;
            }
        }
        return moved;
    }

    /** Frees the new block: the free of the old one threw, and the caller gets that error and no block. */
    private void freeNew(long moved, MallocTypeInternal type) {
        allocator.free(MemGuard.unmark(moved), type, Refusals.NO_VIEW);
    }

    /** Copies between two blocks of a type inside a critical section, so that a stop of the type's owner waits for the copy. */
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
