package malloc9.debug.memguard;

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
import malloc9.api.raw.GuardHit;
import malloc9.debug.Site;
import malloc9.debug.memguard.ScopeReaper.Freed;
import malloc9.vm.FailPoints;
import malloc9.vm.Fence;
import malloc9.vm.GuardRange;
import malloc9.vm.KernelLock;
import malloc9.vm.OsRefusal;
import org.jspecify.annotations.Nullable;

/**
 * The guarding allocator (memguard(9)): replaces malloc for the requests that the operator chooses. A block gets OS pages of its own with
 * a hole on each side, stands at their end, and is a hole itself from its free on.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link GuardedBlock} is the picture; {@link GuardMap} has the address space, {@link GuardedBlockIndex} the blocks in it.
 *   <li>Concurrency: settings are replaced as a whole. A block changes hands by its own state; a request holds a lock for a search.
 *   <li>Invariants: a block that this hands out is live until {@link #release}, whatever the settings become; an address lies in the
 *       range or not, and that says who frees it.
 *   <li>Cost: two mmaps, a page fault and a stack walk, some 20 microseconds; two maps of the process. Nothing is reserved until
 *       something is to be guarded.
 *   <li>Differs from BSD: desc names several types; blocks have scopes; free says who freed twice and refuses what lies inside a block;
 *       a type may be chosen while it has blocks, as in BSD since 2010 (until then EBUSY).
 * </ul>
 */
public final class MemGuard {

    /** The sign of an address: no address of the process has it. */
    private static final long MARK = Long.MIN_VALUE;

    /** Part of the maps that the OS allows a process which blocks may use: two each, so that half is left. */
    private static final int MAPS_SHARE = 4;

    /** Samples that live at once. */
    static final int SAMPLES = 255;

    private final GuardSizes sizes;
    private final int maxBlocks;
    private final FailPoints failPoints;
    private final Consumer<String> said;

    /** Lines for the operator. */
    private final Queue<String> unsaid = new ConcurrentLinkedQueue<>();

    private final GuardPolicy selection;
    private final GuardedBlockIndex known = new GuardedBlockIndex();
    private final FaultAttribution hits = new FaultAttribution(known);
    private final ScopeReaper scopes = new ScopeReaper();
    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicLong samplesTaken = new AtomicLong();
    private final KernelLock reserving = new KernelLock();

    /** Null until something is to be guarded. Written under reserving. */
    private volatile @Nullable GuardMap map;

    /** Whether the OS has refused, or the kernel has stopped. Written under reserving. */
    private volatile boolean off;

    /**
     * One that guards nothing yet.
     *
     * @param failPoints make any of its steps fail
     * @param said is told what an operator should read
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
     * As above.
     *
     * @param maxBlocks live blocks that there may be
     * @param dice throws 0 to 99,999
     */
    public MemGuard(GuardSizes sizes, int maxBlocks, IntSupplier dice, FailPoints failPoints, Consumer<String> said) {
        this.sizes = sizes;
        this.maxBlocks = maxBlocks;
        this.selection = new GuardPolicy(dice);
        this.failPoints = failPoints;
        this.said = said;
    }

    /** The present settings. */
    public GuardSettings settings() {
        return selection.settings();
    }

    /** Has that guarded from now on. Who keeps types from requests of which this is not asked must look at {@link #mayWant} again. */
    public void settings(GuardSettings changed) {
        if (changed.guardsAnything()) {
            reserve();
        }
        selection.settings(changed);
    }

    /**
     * Gets the address space, if that is not done. An operator who wants something guarded reads where it lies, or why there is none:
     * {@link #tell}.
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

    /** Hands over the messages that the operator has not read yet; under no lock, since their reader allocates. */
    public void tell() {
        for (String line = unsaid.poll(); line != null; line = unsaid.poll()) {
            said.accept(line);
        }
    }

    /** Whether some request of a type may be guarded. */
    public boolean mayWant(String type) {
        return selection.mayWant(type) && map != null;
    }

    /** Whether a request is to be guarded; what chance decides, it decides here. */
    public boolean wants(long bytes, String type) {
        return map != null && selection.wants(bytes, type);
    }

    /**
     * A block that is nobody's yet.
     *
     * @return null if there can be none, and the request is to be served otherwise; why is counted
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
            // Unfortunate but not fatal: there is no block.
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

    /** Counts a block that somebody has got. */
    public void handedOut(GuardedBlock block) {
        GuardMap here = map;
        if (here != null) {
            here.handedOut();
        }
        if (block.sampled()) {
            samplesTaken.incrementAndGet();
        }
    }

    /** Marks the address of a guarded block on its way to the service of segments. */
    public static long mark(long address) {
        return address | MARK;
    }

    /** Returns the address without the mark. */
    public static long unmark(long address) {
        return address & ~MARK;
    }

    /**
     * Returns the segment of a marked address: exactly the block's bytes, or the first of them, in the block's scope.
     *
     * @throws IndexOutOfBoundsException if the address is not marked, or no block is there
     */
    public MemorySegment view(long marked, long bytes) {
        GuardedBlock block = find(unmark(marked));
        if (block == null) {
            throw new IndexOutOfBoundsException(Messages.noView(marked, bytes));
        }
        return block.segment(bytes);
    }

    /** Whether the address is MemGuard's, not the kernel map's. */
    public boolean owns(long address) {
        GuardMap here = map;
        return here != null && here.contains(address);
    }

    /** The block in whose pages the address lies, live or freed a while ago; null if there is none. */
    public @Nullable GuardedBlock find(long address) {
        return known.at(address);
    }

    /** The live blocks; exact while none changes hands. */
    public List<GuardedBlock> live() {
        return known.all().stream().filter(GuardedBlock::isLive).toList();
    }

    /** The live block in whose bytes the address lies, or else the one whose hole it may be, live or freed a while ago; null if there is none near. */
    public @Nullable GuardedBlock near(long address) {
        return hits.missed(address);
    }

    /** The live blocks of a type by its number; exact while none of them changes hands. */
    public List<GuardedBlock> live(int owner) {
        return live().stream().filter(block -> block.owner() == owner).toList();
    }

    /** Makes a hole of a block that was taken back from its owner. */
    public void free(GuardedBlock block, @Nullable Site site) {
        block.record().free(site);
        release(block);
    }

    /**
     * Makes a hole of a block that never was anybody's, or that its owner's stop has taken back.
     *
     * <p>The block's scope ends behind this call, on the thread of {@link ScopeReaper}, and its address space is not used again before. If the OS
     * refuses the hole, its pages stay, and its address space is not used again at all.
     *
     * <p>A sample becomes one only when its scope has ended: there are touches of a hole that end the JVM, and sampling is for
     * JVMs that must not end. What a stale segment reads until then is the block's own; what it writes is nobody's.
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
     * As above, for blocks that their owners' stop has taken back. No scope ends before all of them are holes: the handshakes that end
     * scopes would delay the rest.
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

    /** @param hole whether the block's pages are a hole; those of a sample become one behind its scope */
    private static Freed freed(GuardMap here, GuardedBlock block, boolean hole) {
        Runnable nothing = () -> {};
        Runnable behind = block.sampled() ? () -> makeHole(here, block) : nothing;
        return new Freed(block.lease, block.owner(), hole ? () -> here.reuse(block.pages) : behind);
    }

    /**
     * Ends the segments of blocks whose owner has stopped.
     *
     * @return false if a native call still uses one: it may be tried again
     */
    public boolean revoke(List<GuardedBlock> blocks) {
        boolean revoked = true;
        for (GuardedBlock block : blocks) {
            revoked &= block.lease.closePatiently();
        }
        return revoked;
    }

    /** Returns the error for a fault of the calling thread that is found only now. */
    public GuardHit unattributed(String where) {
        return hits.unattributed(where);
    }

    /** Delivers a fault that the calling thread has coming, if there are holes. */
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

    /** Waits until the scopes of freed blocks have ended. */
    public void settle() {
        scopes.settle();
    }

    /**
     * Ends all segments, of live blocks and of freed ones, and takes the address space away. Nothing is allocated any more.
     *
     * @return false if a native call still uses a segment: the address space stays
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
