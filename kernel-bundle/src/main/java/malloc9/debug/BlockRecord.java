package malloc9.debug;

import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one noted block: how much was asked for, by whom, where and when, and the same of its free.
 *
 * <p>It hangs at the block's slab ({@link malloc9.uma.Slab#note(int)}) from malloc on, and after the free until the item is noted
 * anew. Names are strings and ids: a record keeps no bundle alive. What is said of the free is written by the thread that frees, before
 * the block's tag says so.
 */
public final class BlockRecord {

    /** Bytes that were asked for. */
    public final long bytes;

    /** The address that was handed out. */
    public final long address;

    /** Bytes of red zone between the item's start and the address; 0 without. */
    public final long front;

    /** The type's name. */
    public final String type;

    /** Whose type it is. */
    public final ModuleId module;

    /** Where it was allocated, if that was captured. */
    public final @Nullable Site allocated;

    /** When it was allocated, by {@link System#nanoTime()}. */
    public final long bornNanos;

    /** The thread that allocated it. */
    public final String thread;

    private @Nullable Site freed;
    private long freedNanos;
    private @Nullable String freeingThread;
    private volatile boolean trashed;

    /** Damaged bytes that were told of last, while it is in use or after. Written by sweeps, one at a time or not. */
    private volatile long told;

    /** @param front 0 for a block without red zones */
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

    /** The calling thread frees the block. */
    public void free(@Nullable Site site) {
        freed = site;
        freedNanos = System.nanoTime();
        freeingThread = Thread.currentThread().getName();
    }

    /** The freed item is full of trash from now on. */
    public void trashed() {
        trashed = true;
    }

    /** Whether the freed item is full of trash, as far as nobody has written to it or had it since. */
    public boolean isTrashed() {
        return trashed;
    }

    /** Whether that many damaged bytes are news. */
    public boolean tell(long damagedBytes) {
        boolean news = damagedBytes != told;
        told = damagedBytes;
        return news;
    }

    /** Whether it was freed. */
    public boolean isFreed() {
        return freeingThread != null;
    }

    /** Where it was freed, if it was and that was captured. */
    public @Nullable Site freed() {
        return freed;
    }

    /** When it was freed, by {@link System#nanoTime()}. */
    public long freedNanos() {
        return freedNanos;
    }

    /** The thread that freed it, or null while it is in use. */
    public @Nullable String freeingThread() {
        return freeingThread;
    }
}
