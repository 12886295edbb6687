package malloc9.debug.memguard;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import malloc9.api.raw.GuardHit;
import malloc9.api.runtime.ModuleId;
import malloc9.vm.PageSource;

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

    /** To what the start of a block below an OS page is aligned. */
    private static final int ALIGNMENT = 16;

    private static final int NEW = 0;
    private static final int LIVE = 1;
    private static final int GONE = 2;

    /** The first byte of its pages. */
    final long pages;

    final Lease lease;

    /** Whether it was taken for a sample. */
    final boolean sampled;

    private final long address;
    private final long bytes;
    private final long accounted;
    private final int owner;
    private final String type;
    private final ModuleId module;
    private final List<String> allocated;
    private volatile List<String> freed = List.of();
    private final AtomicInteger state = new AtomicInteger(NEW);

    GuardedBlock(long pages, boolean around, GuardRequest request, Lease lease, List<String> allocated) {
        this.pages = pages;
        this.lease = lease;
        this.sampled = request.sampled();
        this.bytes = request.bytes();
        this.address = around && bytes < PageSource.PAGE
                ? pages + PageSource.PAGE - PageSource.roundUp(bytes, ALIGNMENT)
                : pages;
        this.accounted = request.accounted();
        this.owner = request.owner();
        this.type = request.type();
        this.module = request.module();
        this.allocated = allocated;
    }

    /** Its first byte. */
    public long address() {
        return address;
    }

    /** Its bytes as requested, which are all that there are. */
    public long bytes() {
        return bytes;
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
        return type;
    }

    /** Whose type that is. */
    public ModuleId module() {
        return module;
    }

    /** Makes it somebody's; asked inside a critical section. */
    public void handOut() {
        state.set(LIVE);
    }

    /** Takes it out of its owner's hands; false if somebody was faster. Asked inside a critical section. */
    public boolean takeBack() {
        return state.compareAndSet(LIVE, GONE);
    }

    /** Whether it is somebody's. */
    public boolean isLive() {
        return state.get() == LIVE;
    }

    /** A segment of exactly its bytes, or less, that ends with it. */
    public MemorySegment segment(long size) {
        return MemorySegment.ofAddress(address).reinterpret(size, lease.arena(), null);
    }

    /** Notes who freed it. */
    void freedBy(List<String> frames) {
        freed = frames;
    }

    /** The byte behind its pages. */
    long pagesEnd() {
        return pages + PageSource.roundUp(bytes, PageSource.PAGE);
    }

    long end() {
        return address + bytes;
    }

    /** What is told of it. */
    GuardHit.Block told() {
        return new GuardHit.Block(address, bytes, type, module, allocated, freed);
    }
}
