package dev.malloc9.debug.memguard;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.debug.Site;
import dev.malloc9.debug.memguard.ScopeReaper.Freed;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.Fence;
import dev.malloc9.vm.GuardRange;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.OsRefusal;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The guarding allocator (memguard(9)): replaces malloc for the requests that the operator chooses. A block gets OS pages of its own and
 * becomes a hole when it is freed. With the option {@link GuardSettings#GUARD}, a hole lies on each side of the pages. A block below an OS
 * page then lies at the end of its page; every other block lies at the start of its pages.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link GuardedBlock} shows the layout of a block. {@link GuardMap} manages the address space, {@link GuardedBlockIndex}
 *       the blocks in it.
 *   <li>Concurrency: settings are replaced as a whole. The owner of a block changes by an atomic change of the block's state. A request
 *       holds a lock only while it searches for address space, takes a scope or counts.
 *   <li>Invariants: a block that was handed out is live until it is taken back, regardless of later settings. Whether an address lies in
 *       the range decides which allocator frees it.
 *   <li>Cost: two calls of mmap, a page fault and a stack walk, about 20 microseconds; two memory mappings of the process. Nothing is
 *       reserved until something is to be guarded.
 *   <li>Differs from BSD: desc may name several types. Segments of blocks have scopes. A second free is reported as such, and an
 *       address inside a block is refused. A type may be chosen while it has blocks, as in BSD since 2010 (until then EBUSY).
 * </ul>
 */
public final class MemGuard {

    /** The sign bit of an address. No address of the process has this bit set. */
    private static final long MARK = Long.MIN_VALUE;

    /**
     * The divisor of the OS's limit of memory mappings that yields the largest number of blocks. A block needs two mappings, so half of the
     * limit is left for the JVM.
     */
    private static final int MAPS_SHARE = 4;

    /** The largest number of samples that are live at once. */
    static final int SAMPLES = 255;

    private final GuardSizes sizes;
    private final int maxBlocks;
    private final FailPoints failPoints;
    private final Consumer<String> said;

    /** Lines for the operator that are not delivered yet ({@link #tell}). */
    private final Queue<String> unsaid = new ConcurrentLinkedQueue<>();

    private final GuardPolicy selection;
    private final GuardedBlockIndex known = new GuardedBlockIndex();
    private final FaultAttribution hits = new FaultAttribution(known);
    private final ScopeReaper scopes = new ScopeReaper();
    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicLong samplesTaken = new AtomicLong();
    private final KernelLock reserving = new KernelLock();

    /** The address space; null until something is to be guarded, and after {@link #close}. Written under {@code reserving}. */
    private volatile @Nullable GuardMap map;

    /** True if the OS has refused the range, or the kernel has stopped. Written under {@code reserving}, and never reset. */
    private volatile boolean off;

    /**
     * Creates an allocator that guards nothing yet. The number of blocks that have pages at once is limited to a quarter of the OS's limit
     * of memory mappings.
     *
     * @param failPoints the fail points, which can make any step of this class fail
     * @param said the consumer of lines for the operator
     */
    public MemGuard(GuardSizes sizes, FailPoints failPoints, Consumer<String> said) {
        this(
                sizes,
                GuardRange.mapLimit() / MAPS_SHARE,
                () -> ThreadLocalRandom.current().nextInt(GuardSettings.CERTAIN),
                failPoints,
                said);
    }

    /**
     * Creates an allocator that guards nothing yet.
     *
     * @param maxBlocks the largest number of blocks that have pages at once
     * @param dice the source of random numbers from 0 to 99,999
     * @param failPoints the fail points, which can make any step of this class fail
     * @param said the consumer of lines for the operator
     */
    public MemGuard(GuardSizes sizes, int maxBlocks, IntSupplier dice, FailPoints failPoints, Consumer<String> said) {
        this.sizes = sizes;
        this.maxBlocks = maxBlocks;
        this.selection = new GuardPolicy(dice);
        this.failPoints = failPoints;
        this.said = said;
    }

    /** Returns the present settings. */
    public GuardSettings settings() {
        return selection.settings();
    }

    /**
     * Replaces the settings, and reserves the address space first if they guard anything. The caller must evaluate {@link #mayWant} again
     * for every type, because the fast path does not ask this class.
     */
    public void settings(GuardSettings changed) {
        if (changed.guardsAnything()) {
            reserve();
        }
        selection.settings(changed);
    }

    /**
     * Reserves the address space, unless that was done or was refused before. Queues lines for the operator that show where the range lies,
     * or why there is none; {@link #tell} delivers them. A refusal is final: nothing is guarded from then on.
     */
    public void reserve() {
        reserving.lock();
        try {
            if (map != null || off) {
                return;
            }
            if (failPoints.fails(FailPoints.Step.GUARD_RANGE)) {
                throw new OsRefusal("debug.fail");
            }
            GuardRange range = GuardRange.reserve(sizes.mapBytes());
            map = new GuardMap(new FailingHoles(range, failPoints), sizes.physLimit(), maxBlocks);
            Messages.initialized(range.base(), range.base() + range.size(), range.size())
                    .forEach(unsaid::add);
        } catch (OsRefusal refused) {
            off = true;
            unsaid.add(Messages.off(
                    GuardRange.isSupported() ? String.valueOf(refused.getMessage()) : Messages.notSupported()));
        } finally {
            reserving.unlock();
        }
    }

    /** Delivers the queued lines to the operator. The caller holds no lock, because the consumer may allocate. */
    public void tell() {
        for (String line = unsaid.poll(); line != null; line = unsaid.poll()) {
            said.accept(line);
        }
    }

    /** Returns whether some request of a type may be guarded, apart from samples; false until the address space is reserved. */
    public boolean mayWant(String type) {
        return selection.mayWant(type) && map != null;
    }

    /**
     * Returns whether a request is to be guarded. Each call counts a request that is too small or that chance has chosen. While there is no
     * address space, the result is false, and nothing is counted.
     */
    public boolean wants(long bytes, String type) {
        return map != null && selection.wants(bytes, type);
    }

    /**
     * Allocates a block that is not handed out yet.
     *
     * @return the block; null if the request must be served without MemGuard. Then there is no range, the request has 0 bytes, or is a
     *     sample while {@link #SAMPLES} samples are live. Otherwise the Java heap, the address space, the pages or the number of blocks is
     *     exhausted. The {@link GuardMap} counts these cases, except the Java heap.
     */
    public @Nullable GuardedBlock allocate(GuardRequest request) {
        GuardMap here = map;
        if (here == null || off || request.bytes() <= 0 || (request.sampled() && !admitSample())) {
            return null;
        }
        GuardedBlock block = null;
        try {
            block = place(request, here);
            return block;
        } catch (OutOfMemoryError noHeap) {
            // Exhaustion of the Java heap is not fatal: the request is served without a guarded block.
            return null;
        } finally {
            if (block == null && request.sampled()) {
                samples.decrementAndGet();
            }
        }
    }

    private @Nullable GuardedBlock place(GuardRequest request, GuardMap here) {
        boolean around = settings().guardsAround();
        long pages = here.allocate(request.bytes(), around);
        if (pages == 0) {
            return null;
        }
        GuardScope lease = null;
        boolean done = false;
        try {
            if (!request.dumped()) {
                here.keepOutOfDumps(pages, request.bytes());
            }
            if (failPoints.fails(FailPoints.Step.GUARD_SCOPE)) {
                throw new OutOfMemoryError("debug.fail");
            }
            lease = scopes.take(request.owner(), request.sampled());
            if (failPoints.fails(FailPoints.Step.RECORD)) {
                throw new OutOfMemoryError("debug.fail");
            }
            GuardedBlock block = new GuardedBlock(pages, around, request, lease);
            block.laySlack();
            known.add(block);
            done = true;
            return block;
        } finally {
            if (!done) {
                giveBack(here, pages, request, lease);
            }
        }
    }

    private void giveBack(GuardMap here, long pages, GuardRequest request, @Nullable GuardScope lease) {
        boolean hole = here.free(pages, request.bytes());
        if (hole && lease != null) {
            scopes.free(List.of(new Freed(lease, request.owner(), () -> here.reuse(pages))));
        } else if (hole) {
            here.reuse(pages);
        }
    }

    /** Counts a block that was handed out. */
    public void handedOut(GuardedBlock block) {
        GuardMap here = map;
        if (here != null) {
            here.handedOut();
        }
        if (block.sampled()) {
            samplesTaken.incrementAndGet();
        }
    }

    /** Marks the address of a guarded block that is returned to the service that hands out segments ({@link #view}). */
    public static long mark(long address) {
        return address | MARK;
    }

    /** Returns the address without the mark. */
    public static long unmark(long address) {
        return address & ~MARK;
    }

    /**
     * Returns a segment of the block in whose pages an address lies. The segment starts at the block's first byte and belongs to the
     * block's scope. The size is not checked against the block's.
     *
     * @param marked the address, with or without the mark
     * @param bytes the size of the segment in bytes
     * @throws IndexOutOfBoundsException if no known block has pages at the address
     * @throws IllegalStateException if the block's scope has ended
     */
    public MemorySegment view(long marked, long bytes) {
        GuardedBlock block = find(unmark(marked));
        if (block == null) {
            throw new IndexOutOfBoundsException(Messages.noView(marked, bytes));
        }
        return block.segment(bytes);
    }

    /**
     * Returns whether the address lies in the guarded range and not in the kernel map; false before {@link #reserve} and after
     * {@link #close}.
     */
    public boolean owns(long address) {
        GuardMap here = map;
        return here != null && here.contains(address);
    }

    /** Returns the block in whose pages the address lies, or null if none is known. The block may be live, freed, or not handed out yet. */
    public @Nullable GuardedBlock find(long address) {
        return known.at(address);
    }

    /** Returns the live blocks. The list is exact only while no block is handed out or freed. */
    public List<GuardedBlock> live() {
        return known.all().stream().filter(GuardedBlock::isLive).toList();
    }

    /**
     * Returns the block in whose pages the address lies; otherwise the block whose neighbouring hole may contain it. The block may be live,
     * freed, or not handed out yet. Returns null if no known block is near.
     */
    public @Nullable GuardedBlock near(long address) {
        return hits.missed(address);
    }

    /** Returns the live blocks of a type, given by its number. The list is exact only while no block of the type is handed out or freed. */
    public List<GuardedBlock> live(int owner) {
        return live().stream().filter(block -> block.owner() == owner).toList();
    }

    /**
     * Records the free of a block that was taken back from its owner, and releases the block ({@link #release(GuardedBlock)}).
     *
     * @param site the call stack of the free; null if it is unknown
     */
    public void free(GuardedBlock block, @Nullable Site site) {
        block.record().free(site);
        release(block);
    }

    /**
     * Turns a block into a hole. The block was never handed out, or was taken back by a free or by the stop of its owner.
     *
     * <p>The block's scope ends after this call, on the thread of {@link ScopeReaper}; a shared scope ends after the release of its last
     * block. The block's address space is not used again before. If the OS refuses the hole, the pages stay, and their address space is
     * never used again.
     *
     * <p>A sample becomes a hole only after its scope has ended. Some touches of a hole end the JVM, and sampling is meant for JVMs that
     * must not end. Until then, a stale segment reads the block's old bytes, and its writes reach no other block.
     */
    public void release(GuardedBlock block) {
        GuardMap here = map;
        try {
            noteFreed(block);
        } finally {
            if (here != null) {
                boolean hole = !block.sampled() && here.free(block.pages, block.bytes());
                scopes.free(List.of(freed(here, block, hole)));
            }
        }
    }

    /**
     * Releases blocks that the stop of their owners has taken back, as {@link #release(GuardedBlock)} does. Scopes are queued only after
     * all blocks but samples are holes: the handshakes that end scopes would delay the remaining blocks.
     */
    public void release(List<GuardedBlock> blocks) {
        GuardMap here = map;
        try {
            blocks.forEach(this::noteFreed);
        } finally {
            if (here != null) {
                Set<Long> holes = here.free(blocks.stream()
                        .filter(block -> !block.sampled())
                        .collect(Collectors.toMap(block -> block.pages, GuardedBlock::bytes, Long::sum, TreeMap::new)));
                scopes.free(blocks.stream()
                        .map(block -> freed(here, block, holes.contains(block.pages)))
                        .toList());
            }
        }
    }

    private void noteFreed(GuardedBlock block) {
        if (block.sampled()) {
            samples.decrementAndGet();
        }
        if (block.isNew()) {
            known.forget(block);
        } else {
            known.freed(block);
        }
    }

    /**
     * Returns the record of a freed block for the {@link ScopeReaper}.
     *
     * @param hole whether the block's pages are a hole; a sample's pages become one after its scope has ended
     */
    private static Freed freed(GuardMap here, GuardedBlock block, boolean hole) {
        Runnable nothing = () -> {};
        Runnable behind = block.sampled() ? () -> makeHole(here, block) : nothing;
        return new Freed(block.lease, block.owner(), hole ? () -> here.reuse(block.pages) : behind);
    }

    /**
     * Ends the scopes of blocks whose owner has stopped. Waits about 100 ms for each scope that a native call uses.
     *
     * @return false if a native call still uses a segment, or another thread is ending its scope; the caller may try again
     */
    public boolean revoke(List<GuardedBlock> blocks) {
        boolean revoked = true;
        for (GuardedBlock block : blocks) {
            revoked &= block.lease.closePatiently();
        }
        return revoked;
    }

    /** Returns the error for a fault of the calling thread that is found only now. Its candidates are the blocks that were freed last. */
    public GuardHit unattributed(String where) {
        return hits.unattributed(where);
    }

    /**
     * Delivers a pending fault of the calling thread. Does nothing while the process has no range with holes.
     *
     * @param where the operation that was entered, for the message
     * @throws GuardHit if the thread touched a hole since its last poll; the cause is the JVM's {@link InternalError}
     */
    public void fence(String where) {
        if (Fence.isNeeded()) {
            try {
                Fence.pass();
            } catch (InternalError fault) {
                GuardHit hit = unattributed(where);
                hit.initCause(fault);
                throw hit;
            }
        }
    }

    /**
     * Waits until the queued scopes of freed blocks have ended, except scopes that a native call uses. After {@link #close}, even a failed
     * one, it throws a {@link java.util.concurrent.RejectedExecutionException}.
     */
    public void settle() {
        scopes.settle();
    }

    /**
     * Ends all scopes, of live blocks and of freed ones, and unmaps the address space. After success nothing is allocated any more.
     *
     * @return false if a native call still uses a segment; the address space then stays, and the caller may try again
     */
    public boolean close() {
        if (!scopes.endAll()) {
            return false;
        }
        reserving.lock();
        try {
            off = true;
            GuardMap here = map;
            map = null;
            if (here != null) {
                here.close();
            }
            return true;
        } finally {
            reserving.unlock();
        }
    }

    FaultAttribution hits() {
        return hits;
    }

    GuardSizes sizes() {
        return sizes;
    }

    int maxBlocks() {
        return maxBlocks;
    }

    GuardPolicy selection() {
        return selection;
    }

    long samplesTaken() {
        return samplesTaken.get();
    }

    @Nullable
    GuardMap map() {
        return map;
    }

    private boolean admitSample() {
        if (samples.incrementAndGet() > SAMPLES) {
            samples.decrementAndGet();
            return false;
        }
        return true;
    }

    private static void makeHole(GuardMap here, GuardedBlock block) {
        if (here.free(block.pages, block.bytes())) {
            here.reuse(block.pages);
        }
    }
}
