package dev.malloc9.malloc.zone;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneWaitInterrupted;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.alloc.Allocator;
import dev.malloc9.malloc.alloc.FastPathTables;
import dev.malloc9.malloc.block.BlockMessages;
import dev.malloc9.malloc.block.Reclaimer;
import dev.malloc9.malloc.refusal.GivenZone;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.TagOwner;
import dev.malloc9.pcpu.Cpus;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Cache;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.TagSpace;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.UmaZone;
import dev.malloc9.uma.ZoneLimit;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.MemorySegment.Scope;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of a driver's zone: allocates and frees items by address. The zone's two views, segments and raw addresses, both use it.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: free items lie in the CPUs' caches, tags in the tag space, and counts in the slots of the CPUs. The number in a tag comes
 *       from the same space as the numbers of memory types. malloc's free therefore refuses an item, and zfree refuses a block, by the
 *       comparison that each of them makes for every address.
 *   <li>Concurrency: the fast path is one critical section, as in malloc. A closed {@code gate} sends all requests to the slow path. The
 *       gate is changed first; then {@link Cpus#quiesce} waits for the critical sections that read the former value. The slow path checks
 *       {@code closed} and {@code limit} inside its critical section.
 *   <li>Invariants: an item carries the zone's number from zalloc to zfree, or until its memory is taken back after the owner's stop. Each
 *       zalloc and each zfree is counted once. Under a limit, every item in use has a credit.
 *   <li>Cost: the zone is known, so that the size class, the type and the counter row, which malloc looks up, are not needed. If a zone has
 *       a limit, each zalloc and zfree takes the slow path and one more atomic operation.
 *   <li>Differs from BSD: the limit applies to items in use; items in caches do not count. If memory is short, items in the caches of other
 *       CPUs are fetched from there, for M_NOWAIT too.
 * </ul>
 */
public final class ZoneAllocator implements TagOwner {

    /** The longest time to wait for open critical sections when a limit is introduced, in milliseconds. */
    private static final long QUIESCE_MILLIS = 1_000;

    /** The offset of the number of allocations in the zone's two counters. */
    private static final int ALLOCS = 0;

    /** The offset of the number of frees in the zone's two counters. */
    private static final int FREES = 1;

    /**
     * The gate value that sends every request to the slow path. It is negative, which no number is, and it equals no tag without
     * {@link Tags#RAW}.
     */
    private static final int CLOSED = -1;

    /** The result of an attempt to allocate: the zone's limit was introduced or lifted meanwhile, and the caller must retry. */
    private static final long AGAIN = -1;

    /** The size of an item in bytes, as the driver requested it; without the padding for the alignment. */
    final long size;

    /** The number that the tags of the zone's items carry ({@link Tags}). */
    public final int number;

    /** The memory type that was given when the zone was created, or that of the master zone. It names the owner of the zone. */
    public final MallocTypeInternal type;

    final UmaZone zone;

    private final Uma uma;
    private final Allocator allocator;

    /** The segment of which all segments of items are slices. It is alive until the owner is revoked. */
    private final MemorySegment everything;

    private final Scope scope;
    private final ZoneFreeDiagnosis check;
    private final Reclaimer reclaimer;

    /** The number of waits at the zone's limits so far. */
    private final LongAdder sleeps = new LongAdder();

    /** The number of {@code zone}, which selects its stack in each CPU's cache. */
    private final int zoneNumber;

    /** The index of the zone's first counter in the {@code counts} of each CPU. */
    private final int counts;

    /** The number of allocations that former zones with the same zone number left in these counters. */
    private final long formerAllocs;

    /** The number of frees that former zones with the same zone number left in these counters. */
    private final long formerFrees;

    /**
     * An array of one element: the zone's tag number while requests may take the fast path, else {@link #CLOSED}. The gate is closed while
     * there is a limit, during {@link #pause()}, and from {@link #close()} on. Written under {@code change}. It is an array element so that
     * every critical section reads the current value ({@link Pcpu}).
     */
    private final int[] gate;

    /** True from {@link #pause()} to {@link #resume()}, for example during a drain of the CPUs' caches. Guarded by {@code change}. */
    private boolean paused;

    /** True from {@link #close()} on. Written under {@code change}. */
    private volatile boolean closed;

    /** The limit of the items in use, or null if there is none. Written under {@code change}. */
    private volatile @Nullable ZoneLimit limit;

    /**
     * The lock that is held while the gate or the limit changes. If a request finds a limit while the lock is held, it waits until the
     * items in use have been charged to the limit.
     */
    private final KernelLock change = new KernelLock();

    /**
     * The parts of the kernel that the zones of all drivers share.
     *
     * @param check finds the item of a free that the fast path rejected, and reports an invalid one
     * @param reclaimer frees memory for requests that find none
     */
    record Kernel(Uma uma, Allocator allocator, ZoneFreeDiagnosis check, Reclaimer reclaimer) {}

    /**
     * Creates the allocator of a new zone. Its gate is open.
     *
     * @param size the size of an item in bytes, as the driver requested it
     * @param type a type of the zone's owner
     * @param number the number that the tags of the zone's items will carry
     */
    ZoneAllocator(Kernel kernel, UmaZone zone, long size, MallocTypeInternal type, int number) {
        this.uma = kernel.uma;
        this.allocator = kernel.allocator;
        this.zone = zone;
        this.size = size;
        this.type = type;
        this.number = number;
        this.gate = new int[] {number};
        this.everything = type.owner.everything();
        this.scope = everything.scope();
        this.check = kernel.check;
        this.reclaimer = kernel.reclaimer;
        this.zoneNumber = zone.number();
        this.counts = Cache.counts(zoneNumber);
        this.formerAllocs = counted(ALLOCS);
        this.formerFrees = counted(FREES);
    }

    /**
     * Allocates an item on the fast path. If that is not possible, changes nothing: the gate is closed, the CPU's cache is empty or not
     * created yet, or the thread has no slot.
     *
     * @param raw whether the item is handed out by address
     * @return the item's address, or 0 if the caller must use {@link #alloc}
     */
    public long take(boolean raw) {
        FastPathTables here = allocator.known().ground();
        Pcpu cpu = here.current();
        if (cpu == null) {
            return 0;
        }
        cpu.section = 1;
        try {
            return pop(here, cpu, gate[0], raw);
        } finally {
            cpu.section = 0;
        }
    }

    /**
     * Frees an item on the fast path. Changes nothing if the gate is closed, the CPU's cache is full or not created yet, or the thread has
     * no slot. The same holds if the address is not a live item of this zone, or the segment is longer than the item.
     *
     * @param viewBytes the length of the caller's segment in bytes, or {@link Refusals#NO_VIEW}
     * @return false if the caller must use {@link #free(long, long)}
     */
    public boolean give(long address, long viewBytes) {
        FastPathTables here = allocator.known().ground();
        Pcpu cpu = here.current();
        if (cpu == null) {
            return false;
        }
        cpu.section = 1;
        try {
            return push(here, cpu, gate[0], address, viewBytes);
        } finally {
            cpu.section = 0;
        }
    }

    /** Returns a segment over an item, with the scope of the zone's owner and the requested size. */
    MemorySegment view(long address) {
        return everything.asSlice(address, size);
    }

    /**
     * Allocates an item on the slow path. If the limit is reached, waits, or with M_NOWAIT counts a failure and returns 0. May call the
     * driver's init callbacks. The item is not zeroed.
     *
     * @param flags the flags of the request, already validated
     * @param raw whether the item is handed out by address
     * @return the item's address; 0 only with M_NOWAIT
     * @throws ZoneDestroyed if the zone is closed, or is closed while the caller waits
     * @throws ZoneWaitInterrupted if the thread is interrupted while it waits
     * @throws KernelMapExhausted if there is no memory even after a reclaim, and the flags do not contain M_NOWAIT
     * @throws ItemFailed if an init callback returns an error, with M_NOWAIT too
     * @throws dev.malloc9.api.raw.GuardHit if the thread has a pending fault, caused by an earlier touch of a MemGuard hole
     */
    long alloc(long flags, boolean raw) {
        StackRoom.forRequest();
        type.types.fence(type, "uma_zalloc");
        while (true) {
            ZoneLimit reservation = limit("uma_zalloc");
            if (reservation != null && !acquire(reservation, flags)) {
                return 0;
            }
            long address = 0;
            try {
                address = allocUnder(reservation, flags, raw);
            } finally {
                if (reservation != null && address <= 0) {
                    reservation.give();
                }
            }
            if (address != AGAIN) {
                return address;
            }
        }
    }

    /**
     * Frees an item on the slow path.
     *
     * @param viewBytes the length of the caller's segment in bytes, or {@link Refusals#NO_VIEW}
     * @throws dev.malloc9.api.InvalidFree if no live item of this zone starts at the address, or the segment is longer than the item
     * @throws ZoneDestroyed if the zone is closed
     * @throws dev.malloc9.api.raw.GuardHit if the thread has a pending fault, caused by an earlier touch of a MemGuard hole
     */
    void free(long address, long viewBytes) {
        StackRoom.forRequest();
        type.types.fence(type, "uma_zfree");
        while (true) {
            ZoneLimit reservation = limit("uma_zfree");
            check.locate(this, address, viewBytes, "uma_zfree");
            Pcpu cpu = uma.enterCurrent();
            boolean current;
            boolean done;
            try {
                current = !closed && limit == reservation;
                done = current && push(allocator.ground(), cpu, number, address, viewBytes);
            } finally {
                uma.leave(cpu);
            }
            if (done) {
                if (reservation != null) {
                    reservation.give();
                }
                return;
            }
            if (current) {
                uma.flush(zoneNumber);
            }
        }
    }

    /**
     * Returns the slab of a live item of this zone.
     *
     * @throws dev.malloc9.api.InvalidFree if no live item of this zone starts at the address, or the segment is longer than the item
     * @throws ZoneDestroyed if the zone is closed
     */
    Slab locate(long address, long viewBytes, String function) {
        requireOpen(function);
        return check.locate(this, address, viewBytes, function);
    }

    /**
     * Checks the properties of a segment other than its address and size.
     *
     * @param function the name of the calling function, for the error text
     * @throws dev.malloc9.api.InvalidFree if the segment is read-only, is on the Java heap, or has a scope that is no longer alive
     * @throws ZoneDestroyed instead, if the zone is closed too
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    void check(MemorySegment item, String function) {
        // The scope of an open zone is alive, so a segment with that scope needs no further check.
        if (item.isReadOnly()
                || (item.scope() != scope && (!item.isNative() || !item.scope().isAlive()))) {
            throw unfreeable(item, function);
        }
    }

    /**
     * Sets the limit of the items in use, or lifts it. Items that are in use stay in use, even if they are more than the limit.
     *
     * @param items the limit; 0 for none
     * @throws ZoneDestroyed if the zone is closed
     * @throws IllegalStateException if a thread does not leave its critical section within a second; the zone then has no limit, as before
     */
    void setMax(long items) {
        change.lock();
        try {
            requireOpen("uma_zone_set_max");
            ZoneLimit former = limit;
            if (former != null && items != 0) {
                former.max(items);
            } else if (former != null) {
                limit = null;
                setGate();
                former.max(Long.MAX_VALUE);
            } else if (items != 0) {
                introduce(new ZoneLimit(items, sleeps));
            }
        } finally {
            change.unlock();
        }
    }

    /** Returns the limit of the items in use; 0 if there is none. */
    long max() {
        ZoneLimit now = limit;
        return now == null ? 0 : now.max();
    }

    /** Returns whether at least as many items are in use as the limit allows; false if there is no limit. */
    boolean exhausted() {
        ZoneLimit now = limit;
        return now != null && now.used() >= now.max();
    }

    /** Returns the number of waits at the zone's limits so far. */
    long sleeps() {
        return sleeps.sum();
    }

    /** Returns the number of items handed out so far. An item that its constructor refused is included. */
    long allocs() {
        return counted(ALLOCS) - formerAllocs;
    }

    /**
     * The items in use, and the limit.
     *
     * @param used the number of items in use
     * @param max the limit; 0 for none
     */
    record Usage(long used, long max) {}

    /**
     * Returns the items in use together with the limit. Under a limit, the number of items is the number of credits. It exceeds the limit
     * only if the limit was set below the number of items in use. Without a limit, it is a difference of summed counters, which may miss
     * requests in progress.
     */
    Usage usage() {
        ZoneLimit now = limit;
        if (now == null) {
            return new Usage(out(), 0);
        }
        long used = now.used();
        return new Usage(used, now.max());
    }

    /**
     * Returns the number of items in use. Frees are summed first, so that an item that is allocated and freed meanwhile is not counted as a
     * free alone. The result is never negative.
     */
    public long out() {
        long frees = counted(FREES) - formerFrees;
        return Math.max(0, allocs() - frees);
    }

    /** Returns the number of free items in caches and the depot; for a primary zone, in its slabs too. */
    long free() {
        return uma.free(zone);
    }

    /**
     * Closes the zone to further requests, and ends the wait of requests at the limit with {@link ZoneDestroyed}. Critical sections that
     * are open may still complete; the caller must quiesce.
     *
     * @return false if the zone was closed already
     */
    boolean close() {
        change.lock();
        try {
            boolean first = !closed;
            closed = true;
            setGate();
            ZoneLimit now = limit;
            if (now != null) {
                now.close();
            }
            return first;
        } finally {
            change.unlock();
        }
    }

    @Override
    public QualifiedName qualifiedName() {
        return new QualifiedName(type.owner.module(), zone.name());
    }

    /** Returns the zone as error texts name it. */
    GivenZone given() {
        return new GivenZone(zone.name(), size);
    }

    @Override
    public boolean owns(Slab slab) {
        return slab.zone == zone.number();
    }

    @Override
    public void pause() {
        change.lock();
        try {
            paused = true;
            setGate();
        } finally {
            change.unlock();
        }
    }

    @Override
    public void resume() {
        change.lock();
        try {
            paused = false;
            setGate();
        } finally {
            change.unlock();
        }
    }

    /**
     * Checks that the zone is open.
     *
     * @param function the name of the calling function, for the error text
     * @throws ZoneDestroyed if the zone was destroyed, or its owner has stopped
     */
    void requireOpen(String function) {
        if (closed) {
            throw destroyed(function);
        }
    }

    /** Counts a request that was not served. */
    void countFailure() {
        zone.countFailure();
    }

    /**
     * Takes an item from the CPU's cache, tags it and counts the allocation. The caller is inside a critical section. An error finds all
     * changes made, or none, as in {@link Allocator}.
     *
     * @param owner the number for the tag; negative if the gate is closed
     * @return the item's address, or 0 if the cache has no item or does not exist yet, or the gate is closed; nothing was changed then
     */
    private long pop(FastPathTables here, Pcpu cpu, int owner, boolean raw) {
        StackRoom.forSection();
        int[] items = cpu.items;
        long[] counted = cpu.counts;
        int at = zoneNumber;
        int count = counts + ALLOCS;
        if (owner < 0
                || Integer.compareUnsigned(count, counted.length) >= 0
                || Integer.compareUnsigned(at, items.length) >= 0) {
            return 0;
        }
        int top = items[at] - 1;
        if (Integer.compareUnsigned(top, items.length) >= 0) {
            return 0;
        }
        int item = items[top];
        if (Cache.isNone(item)) {
            return 0;
        }
        int tag = Slab.tag(item, raw ? owner | Tags.RAW : owner);
        long place = here.tag(item, here.kind(item));
        items[at] = top;
        counted[count]++;
        try {
            TagSpace.store(place, tag);
        } catch (Error pending) {
            TagSpace.store(place, tag);
            throw pending;
        }
        return here.address(item);
    }

    /**
     * Puts an item into the CPU's cache, clears its tag and counts the free. The caller is inside a critical section. An error finds all
     * changes made, or none, as in {@link Allocator}.
     *
     * @param owner the number that the tag must have; negative if the gate is closed
     * @return false if nothing was changed: the address is not a live item of this zone, the segment is longer than the item, the cache has
     *     no room, or the gate is closed
     */
    private boolean push(FastPathTables here, Pcpu cpu, int owner, long address, long viewBytes) {
        StackRoom.forSection();
        // A closed gate is negative. While the zone is open, the kernel map exists.
        if (viewBytes > size || owner < 0 || !here.has(address)) {
            return false;
        }
        int item = here.granule(address);
        long tag = here.tag(item, here.kind(item));
        int[] items = cpu.items;
        long[] counted = cpu.counts;
        int at = zoneNumber;
        int count = counts + FREES;
        // A page run and a hole have no tag. The tag of an item contains its first granule, so that no other granule
        // matches it.
        if ((TagSpace.load(tag) & ~Tags.RAW) != Slab.tag(item, owner)
                || Integer.compareUnsigned(count, counted.length) >= 0
                || Integer.compareUnsigned(at, items.length) >= 0) {
            return false;
        }
        int top = items[at];
        if (Cache.isFull(top) || Integer.compareUnsigned(top, items.length) >= 0) {
            return false;
        }
        items[top] = item;
        items[at] = top + 1;
        counted[count]++;
        try {
            TagSpace.store(tag, 0);
        } catch (Error pending) {
            TagSpace.store(tag, 0);
            throw pending;
        }
        return true;
    }

    private void setGate() {
        gate[0] = closed || limit != null || paused ? CLOSED : number;
    }

    /**
     * Returns the sum of one of the zone's counters over all CPUs. It includes the counts of former zones with the same zone number.
     *
     * @param column {@link #ALLOCS} or {@link #FREES}
     */
    private long counted(int column) {
        long sum = 0;
        for (Pcpu cpu : uma.cpus().all()) {
            long[] counted = cpu.counts;
            sum += counts + column < counted.length ? counted[counts + column] : 0;
        }
        return sum;
    }

    private RuntimeException unfreeable(MemorySegment item, String function) {
        requireOpen(function);
        return check.unfreeable(item, this, function);
    }

    /**
     * Allocates an item while the zone has the given limit, and looks for memory if there is none.
     *
     * @param reservation the limit of which the caller holds a credit, or null if the zone had no limit
     * @return the item's address, 0 if there is no memory and M_NOWAIT is set, or {@link #AGAIN}
     * @throws ZoneDestroyed if the zone is closed
     * @throws KernelMapExhausted if there is no memory and M_NOWAIT is not set
     */
    private long allocUnder(@Nullable ZoneLimit reservation, long flags, boolean raw) {
        for (int searched = 0; ; ) {
            Pcpu cpu = uma.enterCurrent();
            boolean current;
            long address;
            try {
                current = !closed && limit == reservation;
                address = current ? pop(allocator.ground(), cpu, number, raw) : 0;
            } finally {
                uma.leave(cpu);
            }
            if (address != 0) {
                return address;
            }
            requireOpen("uma_zalloc");
            if (!current) {
                return AGAIN;
            }
            if (!refill(flags) && !search(searched++, flags)) {
                return failed(flags);
            }
        }
    }

    private boolean refill(long flags) {
        try {
            return uma.refill(zoneNumber, flags);
        } catch (ItemFailed refused) {
            zone.countFailure();
            throw refused;
        }
    }

    /**
     * Frees memory for another attempt. The first search returns the items of the CPUs' caches to their zones, if this zone has any there.
     * Otherwise, in the first two searches, M_WAITOK reclaims all unused memory, and M_NOWAIT empties the quarantine of freed blocks of
     * level I.
     *
     * @param searched the number of searches that this request has made already
     * @return false if there is nothing left to try
     */
    private boolean search(int searched, long flags) {
        if (searched == 0 && uma.cached(zone) > 0) {
            uma.recall(zone);
            return true;
        }
        if (searched <= 1 && (flags & M_WAITOK) != 0) {
            reclaimer.reclaim();
            return true;
        }
        return searched <= 1 && reclaimer.letOut();
    }

    /** Counts a request that found no memory. Returns 0 with M_NOWAIT, and throws {@link KernelMapExhausted} otherwise. */
    private long failed(long flags) {
        zone.countFailure();
        if ((flags & M_NOWAIT) != 0) {
            return 0;
        }
        throw new KernelMapExhausted(
                BlockMessages.exhausted(zone.itemBytes(), uma.map().used()));
    }

    /**
     * Takes a credit of the limit. Waits in the order of arrival, unless M_NOWAIT is set.
     *
     * @return false if M_NOWAIT is set and no credit is free or other requests wait; this is counted as a failure
     * @throws ZoneWaitInterrupted if the thread is interrupted while it waits; its interrupt status stays set
     * @throws ZoneDestroyed if the zone is closed
     */
    private boolean acquire(ZoneLimit reservation, long flags) {
        if ((flags & M_NOWAIT) != 0) {
            if (reservation.tryTake()) {
                return true;
            }
            zone.countFailure();
            return false;
        }
        return switch (reservation.take()) {
            case GRANTED -> true;
            case INTERRUPTED -> throw new ZoneWaitInterrupted(ZoneMessages.interrupted(zone.name(), reservation.max()));
            case CLOSED -> throw destroyed("uma_zalloc");
        };
    }

    /**
     * Returns the limit, or null if there is none. If the limit is being introduced, waits until the items in use are charged to it. Throws
     * {@link ZoneDestroyed} if the zone is closed.
     */
    private @Nullable ZoneLimit limit(String function) {
        requireOpen(function);
        ZoneLimit now = limit;
        if (now != null && change.isLocked()) {
            change.lock();
            try {
                now = limit;
            } finally {
                change.unlock();
            }
        }
        return now;
    }

    /**
     * Introduces a limit where there was none. From the stores of {@code limit} and {@code gate} on, requests take the slow path and wait
     * for {@code change}, which the caller holds. {@link Cpus#quiesce} waits for the critical sections that began before. The items that
     * are in use are charged then. If a critical section does not end in time, the limit is withdrawn, requests that wait at it go on, and
     * an IllegalStateException is thrown.
     */
    private void introduce(ZoneLimit fresh) {
        limit = fresh;
        setGate();
        if (!uma.cpus().quiesce(QUIESCE_MILLIS)) {
            limit = null;
            setGate();
            fresh.max(Long.MAX_VALUE);
            throw new IllegalStateException(ZoneMessages.notQuiet("uma_zone_set_max", zone.name()));
        }
        fresh.charge(out());
    }

    /** Returns the error for a closed zone. Its text says whether the driver has destroyed the zone or the owner has stopped. */
    private ZoneDestroyed destroyed(String function) {
        return new ZoneDestroyed(
                type.alive()
                        ? ZoneMessages.destroyed(function, zone.name(), type.owner.module())
                        : ZoneMessages.ownerStopped(function, zone.name(), type.owner.module()));
    }
}
