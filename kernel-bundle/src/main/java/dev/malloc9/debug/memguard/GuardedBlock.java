package dev.malloc9.debug.memguard;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.RedZone;
import dev.malloc9.debug.Site;
import dev.malloc9.vm.PageSource;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A guarded block: a block that has OS pages of its own.
 *
 * <pre>
 *   hole | start of pages ............ start [ bytes ] up to 15 | hole      below an OS page, with holes around
 *   hole | start [ bytes ...................... ] rest of page  | hole      from an OS page on
 * </pre>
 *
 * <p>Without holes around it, a block of any size starts at the first byte of its pages.
 *
 * <p>A new block has no owner until it is {@link #handOut handed out}, and it is taken back at most once. Both happen inside critical
 * sections of the allocator above, or after all sections of the owner have ended. The state therefore agrees with the counters of that
 * allocator.
 */
public final class GuardedBlock {

    /** The memory of the whole process. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** The alignment in bytes of the start of a block that lies at the end of its page. */
    private static final int ALIGNMENT = 16;

    private static final int NEW = 0;
    private static final int LIVE = 1;
    private static final int GONE = 2;
    private static final int LEFT = 3;

    /** The address of the first byte of the block's pages. */
    final long pages;

    /** The scope of the block's segments. */
    final GuardScope lease;

    private final BlockRecord record;
    private final long accounted;
    private final int owner;
    private final boolean sampled;
    private final AtomicInteger state = new AtomicInteger(NEW);

    GuardedBlock(long pages, boolean around, GuardRequest request, GuardScope lease) {
        this.pages = pages;
        this.lease = lease;
        this.sampled = request.sampled();
        this.accounted = request.accounted();
        this.owner = request.owner();
        long bytes = request.bytes();
        long address = around && bytes < PageSource.PAGE
                ? pages + PageSource.PAGE - PageSource.roundUp(bytes, ALIGNMENT)
                : pages;
        this.record = new BlockRecord(bytes, address, 0, request.type(), request.module(), request.site());
    }

    /** Returns the address of the block's first byte. */
    public long address() {
        return record.address;
    }

    /** Returns the block's size in bytes as requested. No byte beyond it is usable. */
    public long bytes() {
        return record.bytes;
    }

    /** Returns the number of bytes with which the block counts in its type's statistics. */
    public long accounted() {
        return accounted;
    }

    /** Returns the number of the block's type. */
    public int owner() {
        return owner;
    }

    /** Returns the name of the block's type. */
    public String type() {
        return record.type;
    }

    /** Returns the module that owns the block's type. */
    public ModuleId module() {
        return record.module;
    }

    /** Returns whether the block was allocated as a sample. */
    public boolean sampled() {
        return sampled;
    }

    /** Returns the record of the block's allocation and free. */
    public BlockRecord record() {
        return record;
    }

    /** Marks the block as live. The caller is inside a critical section. */
    public void handOut() {
        state.set(LIVE);
    }

    /**
     * Takes a live block back from its owner. The caller is inside a critical section, or the owner's sections have ended.
     *
     * @return false if the block is not live: it was taken back before, or was never handed out
     */
    public boolean takeBack() {
        return state.compareAndSet(LIVE, GONE);
    }

    /** Marks a block that was taken back as left: its owner has stopped without freeing it. */
    public void leave() {
        state.set(LEFT);
    }

    /** Returns whether the owner has stopped without freeing the block. */
    public boolean isLeft() {
        return state.get() == LEFT;
    }

    /** Returns whether the block is handed out and not taken back. */
    public boolean isLive() {
        return state.get() == LIVE;
    }

    /** Returns whether the block was never handed out. */
    boolean isNew() {
        return state.get() == NEW;
    }

    /** Fills the bytes of the pages that do not belong to the block with the red zone pattern. */
    void laySlack() {
        RedZone.laySlack(MEMORY, pages, pagesEnd(), record);
    }

    /**
     * Returns the damage to the bytes of the pages that lie below and above the block, in this order. The caller ensures that the pages are
     * still backed.
     *
     * @param freeing the call stack of the free; null if the owner has stopped
     * @return an empty list if there is no damage
     */
    public List<Damage> slackDamage(@Nullable Site freeing) {
        return RedZone.slackDamage(MEMORY, pages, pagesEnd(), record, freeing);
    }

    /**
     * Returns a segment that starts at the block's first byte and belongs to the block's scope.
     *
     * @param size the size in bytes; it is not checked against the block's size
     * @throws IllegalStateException if the scope has ended
     */
    public MemorySegment segment(long size) {
        return MemorySegment.ofAddress(record.address).reinterpret(size, lease.arena(), null);
    }

    /** Returns the address after the last page of the block. */
    long pagesEnd() {
        return pages + PageSource.roundUp(record.bytes, PageSource.PAGE);
    }

    /** Returns the address after the block's last byte. */
    long end() {
        return record.address + record.bytes;
    }

    /** Returns whether the block is live and contains all of these bytes. */
    boolean holds(long from, long size) {
        return isLive() && from >= record.address && size <= end() - from;
    }

    /** Returns the description of the block that a {@link GuardHit} carries. */
    GuardHit.Block told() {
        return new GuardHit.Block(
                record.address,
                record.bytes,
                record.type,
                record.module,
                frames(record.allocated),
                frames(record.freed()));
    }

    private static List<String> frames(@Nullable Site site) {
        return site == null ? List.of() : site.frames();
    }
}
