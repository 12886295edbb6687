package malloc9.debug.memguard;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import malloc9.api.raw.GuardHit;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.ModuleId;
import malloc9.debug.BlockRecord;
import malloc9.debug.RedZone;
import malloc9.debug.Site;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * A guarded block: pages of its own, at the end of which it stands.
 *
 * <pre>
 *   hole | start of pages ............ start [ bytes ] up to 15 | hole      below an OS page, with holes around
 *   hole | start [ bytes ...................... ] rest of page  | hole      from an OS page on
 * </pre>
 *
 * <p>It is nobody's until it is {@link #handOut handed out}, and is taken back once; both happen inside the critical sections of the
 * allocator above, so that it agrees with what is counted there.
 */
public final class GuardedBlock {

    /** The process's. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** To what the start of a block below an OS page is aligned. */
    private static final int ALIGNMENT = 16;

    private static final int NEW = 0;
    private static final int LIVE = 1;
    private static final int GONE = 2;
    private static final int LEFT = 3;

    /** The first byte of its pages. */
    final long pages;

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

    /** Its first byte. */
    public long address() {
        return record.address;
    }

    /** Its bytes as requested, which are all that there are. */
    public long bytes() {
        return record.bytes;
    }

    /** What it counts as in its type's statistics. */
    public long accounted() {
        return accounted;
    }

    /** Its type's number. */
    public int owner() {
        return owner;
    }

    /** Its type's name. */
    public String type() {
        return record.type;
    }

    /** Whose type that is. */
    public ModuleId module() {
        return record.module;
    }

    /** Whether it was taken for a sample. */
    public boolean sampled() {
        return sampled;
    }

    /** What is known of it. */
    public BlockRecord record() {
        return record;
    }

    /** Makes it somebody's; asked inside a critical section. */
    public void handOut() {
        state.set(LIVE);
    }

    /** Takes it out of its owner's hands; false if somebody was faster. Asked inside a critical section. */
    public boolean takeBack() {
        return state.compareAndSet(LIVE, GONE);
    }

    /** Notes of a block that was taken back that nobody had freed it: its owner has stopped. */
    public void leave() {
        state.set(LEFT);
    }

    /** Whether its owner has stopped without freeing it. */
    public boolean isLeft() {
        return state.get() == LEFT;
    }

    /** Whether it is somebody's. */
    public boolean isLive() {
        return state.get() == LIVE;
    }

    /** Whether it never was anybody's. */
    boolean isNew() {
        return state.get() == NEW;
    }

    /** Fills what it leaves of its pages. */
    void laySlack() {
        RedZone.laySlack(MEMORY, pages, pagesEnd(), record);
    }

    /**
     * What was written there, below it, above it, or both; asked while its pages are there.
     *
     * @param freeing who frees it, or null if nobody does
     */
    public List<Damage> slackDamage(@Nullable Site freeing) {
        return RedZone.slackDamage(MEMORY, pages, pagesEnd(), record, freeing);
    }

    /** A segment of exactly its bytes, or less, that ends with it. */
    public MemorySegment segment(long size) {
        return MemorySegment.ofAddress(record.address).reinterpret(size, lease.arena(), null);
    }

    /** The byte behind its pages. */
    long pagesEnd() {
        return pages + PageSource.roundUp(record.bytes, PageSource.PAGE);
    }

    long end() {
        return record.address + record.bytes;
    }

    /** Returns whether the block is live and contains all of these bytes. */
    boolean holds(long from, long size) {
        return isLive() && from >= record.address && size <= end() - from;
    }

    /** What is told of it. */
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
