package dev.malloc9.debug;

import dev.malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/**
 * The record of one block: its size, type and owner, and the call stack, thread and time of its allocation and of its free.
 *
 * <p>The record of a block with red zones is the note of its item ({@link dev.malloc9.uma.Slab#note(int)}) from malloc on. It stays there
 * after the free until the item gets another note. A guarded block refers to its record itself. Names are strings and ids, so a record
 * keeps no bundle alive.
 *
 * <p>The freeing thread writes the fields about the free after it has marked the block as freed. A concurrent reader may therefore see a
 * freed block without some or all of them.
 */
public final class BlockRecord {

    /** The block's size in bytes, as requested. */
    public final long bytes;

    /** The address that was returned to the caller. */
    public final long address;

    /** The number of bytes between the start of the item and the address: red zone and header. 0 for a guarded block. */
    public final long front;

    /** The name of the block's type. */
    public final String type;

    /** The module that owns the block's type. */
    public final ModuleId module;

    /** The call stack of the allocation; null if it was not captured. */
    public final @Nullable Site allocated;

    /** The time of the allocation, by {@link System#nanoTime()}. */
    public final long bornNanos;

    /** The name of the thread that allocated the block. */
    public final String thread;

    private @Nullable Site freed;
    private long freedNanos;
    private @Nullable String freeingThread;
    private volatile boolean trashed;

    /**
     * The number of damaged bytes at the last report, in use or after the free; 0 before the first report. Written by scans, which may run
     * at the same time.
     */
    private volatile long told;

    /**
     * Creates the record of an allocation by the calling thread.
     *
     * @param bytes the block's size in bytes, as requested
     * @param address the address that is returned to the caller
     * @param front the number of bytes between the start of the item and the address; 0 for a guarded block
     * @param allocated the call stack of the allocation; null if it was not captured
     */
    public BlockRecord(long bytes, long address, long front, String type, ModuleId module, @Nullable Site allocated) {
        this.bytes = bytes;
        this.address = address;
        this.front = front;
        this.type = type;
        this.module = module;
        this.allocated = allocated;
        this.bornNanos = System.nanoTime();
        this.thread = Thread.currentThread().getName();
    }

    /**
     * Records that the calling thread frees the block.
     *
     * @param site the call stack of the free; null if it was not captured
     */
    public void free(@Nullable Site site) {
        freed = site;
        freedNanos = System.nanoTime();
        freeingThread = Thread.currentThread().getName();
    }

    /** Records that the freed item was filled with trash. */
    public void trashed() {
        trashed = true;
    }

    /** Returns whether the freed item was filled with trash. A later write or a reuse of the item does not reset this. */
    public boolean isTrashed() {
        return trashed;
    }

    /**
     * Records the number of damaged bytes, and returns whether it differs from the number at the last call; that number is 0 before the
     * first call. If two scans run at the same time, both may report the same damage.
     */
    public boolean tell(long damagedBytes) {
        boolean news = damagedBytes != told;
        told = damagedBytes;
        return news;
    }

    /** Returns whether a free was recorded; false for a live block, and for one that its stopped owner left behind. */
    public boolean isFreed() {
        return freeingThread != null;
    }

    /** Returns the call stack of the free; null if the block was not freed or the stack was not captured. */
    public @Nullable Site freed() {
        return freed;
    }

    /** Returns the time of the free, by {@link System#nanoTime()}; meaningless if the block was not freed. */
    public long freedNanos() {
        return freedNanos;
    }

    /** Returns the name of the thread that freed the block; null if no free was recorded. */
    public @Nullable String freeingThread() {
        return freeingThread;
    }
}
