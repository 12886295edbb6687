package malloc9.malloc.zone;

import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.MemorySegment.Scope;
import java.util.concurrent.atomic.LongAdder;
import malloc9.api.KernelMapExhausted;
import malloc9.api.zone.ItemFailed;
import malloc9.api.zone.ZoneDestroyed;
import malloc9.api.zone.ZoneWaitInterrupted;
import malloc9.malloc.account.Tags;
import malloc9.malloc.alloc.FastPathTables;
import malloc9.malloc.alloc.Allocator;
import malloc9.malloc.block.BlockMessages;
import malloc9.malloc.block.Reclaimer;
import malloc9.malloc.refusal.GivenZone;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.TagOwner;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Cache;
import malloc9.uma.ZoneLimit;
import malloc9.uma.Slab;
import malloc9.uma.TagSpace;
import malloc9.uma.Uma;
import malloc9.uma.Zone;
import malloc9.vm.KernelLock;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A driver's zone by address: what its doors, segments and raw addresses, stand on.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: items lie in the CPUs' caches, tags in slabs, counts in rows of the CPUs; the tag's number comes from the same space as
 *       those of memory types, so that malloc's free refuses an item, and zfree a block, by the test that each
 *       makes anyway.
 *   <li>Concurrency: the fast path is one critical section, as malloc's. A {@code gate} that is SHUT sends everybody the
 *       slow way: it is changed first, then {@link Cpus#quiesce} waits for the sections that saw it as it was. The slow way looks at
 *       {@code closed} and {@code limit} inside its section.
 *   <li>Invariants: an item's tag is the zone's from zalloc to zfree, both counted once; under a limit every item in use has
 *       a credit.
 *   <li>Cost: knowing the zone saves malloc's size class, type and row of counters. A zone with a limit takes the slow way and
 *       an atomic.
 *   <li>Differs from BSD: the limit is of items in use, whatever caches hold; an item that is in another CPU's cache when
 *       memory is short is fetched from there, for M_NOWAIT too.
 * </ul>
 */
public final class ZoneAllocator implements TagOwner {

    /** What a free without a view claims to free. */
    static final long NO_VIEW = 0;

    private static final long QUIESCE_MILLIS = 1_000;

    private static final int ALLOCS = 0;
    private static final int FREES = 1;

    /** No tag without {@link Tags#RAW} says so. */
    private static final int CLOSED = -1;

    /** No item yet: the limit has changed meanwhile. */
    private static final long AGAIN = -1;

    /** Bytes of an item, as asked for. */
    final long size;

    /** What the tags of its items say. */
    public final int number;

    public final MallocTypeInternal type;
    final Zone zone;

    private final Uma uma;
    private final Allocator allocator;
    private final MemorySegment everything;
    private final Scope scope;
    private final ZoneFreeDiagnosis check;
    private final Reclaimer reclaimer;
    private final LongAdder sleeps = new LongAdder();

    private final int zoneNumber;

    /** Where its counts begin in those of a CPU. */
    private final int counts;

    /** What was counted there for zones of that number before. */
    private final long formerAllocs;

    private final long formerFrees;

    /**
     * One element: the number while requests may take the fast path, {@link #CLOSED} while there is a limit or a drain, and once
     * the zone is closed. Written under change; an array, so that a critical section sees the change ({@link Pcpu}).
     */
    private final int[] gate;

    /** Guarded by change. */
    private boolean paused;

    private volatile boolean closed;

    /** None for no limit. Written under change. */
    private volatile @Nullable ZoneLimit limit;

    /** Held while the limit changes; who finds a limit waits until its items in use have been counted. */
    private final KernelLock change = new KernelLock();

    /**
     * The parts of the kernel that all zones of drivers use.
     *
     * @param check the check of an item that the fast path rejected
     */
    record Kernel(Uma uma, Allocator allocator, ZoneFreeDiagnosis check, Reclaimer reclaimer) {}

    ZoneAllocator(Kernel kernel, Zone zone, long size, MallocTypeInternal type, int number) {
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

    /** An item by the fast path, or 0 if anything is not as usual. */
    public long take(boolean raw) {
        StackRoom.forSection();
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

    /** Gives an item back by the fast path; false if anything is not as usual. */
    public boolean give(long address, long viewBytes) {
        StackRoom.forSection();
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

    /** A segment over an item. */
    MemorySegment view(long address) {
        return everything.asSlice(address, size);
    }

    /** An item by the way that every request can go; 0 only with M_NOWAIT. */
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

    /** Gives an item back by the way that all can go. */
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

    /** The slab of a live item of this zone. */
    Slab locate(long address, long viewBytes, String function) {
        requireOpen(function);
        return check.locate(this, address, viewBytes, function);
    }

    /** What can be wrong with a segment before its address is looked at. */
    @SuppressWarnings("ReferenceEquality") // a scope is who it is
    void check(MemorySegment item, String function) {
        // The scope of an open zone is alive.
        if (item.isReadOnly()
                || (item.scope() != scope && (!item.isNative() || !item.scope().isAlive()))) {
            throw unfreeable(item, function);
        }
    }

    /** Limits the items in use, or lifts the limit with 0. */
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

    /** The limit; 0 for none. */
    long max() {
        ZoneLimit now = limit;
        return now == null ? 0 : now.max();
    }

    /** Whether the limit is reached. */
    boolean exhausted() {
        ZoneLimit now = limit;
        return now != null && now.used() >= now.max();
    }

    /** Waits at the limit so far. */
    long sleeps() {
        return sleeps.sum();
    }

    /** Items handed out so far. */
    long allocs() {
        return counted(ALLOCS) - formerAllocs;
    }

    /** The items in use, and the limit; 0 for none. */
    record Usage(long used, long max) {}

    /**
     * The items in use beside the limit. Under a limit it is the number of credits, which never exceeds the limit unless the limit was lowered;
     * sums of counters may miss requests in flight.
     */
    Usage usage() {
        ZoneLimit now = limit;
        if (now == null) {
            return new Usage(out(), 0);
        }
        long used = now.used();
        return new Usage(used, now.max());
    }

    /** Items in use; frees are summed first, so that an item that changes hands meanwhile is not freed before it was handed out. */
    public long out() {
        long frees = counted(FREES) - formerFrees;
        return Math.max(0, allocs() - frees);
    }

    /** Free items. */
    long free() {
        return uma.free(zone);
    }

    /**
     * Lets nobody in any more, and sends waiters away; sections that are open may still go on.
     *
     * @return false if somebody else did
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

    /** Refuses to go on if the zone is gone. */
    void requireOpen(String function) {
        if (closed) {
            throw destroyed(function);
        }
    }

    /** Counts a request that came to nothing. */
    void countFailure() {
        zone.countFailure();
    }

    /** Inside a critical section, whose changes come last. */
    private long pop(FastPathTables here, Pcpu cpu, int owner, boolean raw) {
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
        items[at] = top;
        TagSpace.store(here.tag(item, here.kind(item)), Slab.tag(item, raw ? owner | Tags.RAW : owner));
        counted[count]++;
        return here.address(item);
    }

    /** Inside a critical section, whose changes come last. */
    private boolean push(FastPathTables here, Pcpu cpu, int owner, long address, long viewBytes) {
        // SHUT is none; and where the zone is open the map is there.
        if (viewBytes > size || owner < 0 || !here.has(address)) {
            return false;
        }
        int item = here.granule(address);
        long tag = here.tag(item, here.kind(item));
        int[] items = cpu.items;
        long[] counted = cpu.counts;
        int at = zoneNumber;
        int count = counts + FREES;
        // Page runs and holes have none, and any other granule than the item's first has another one.
        if ((TagSpace.load(tag) & ~Tags.RAW) != Slab.tag(item, owner)
                || Integer.compareUnsigned(count, counted.length) >= 0
                || Integer.compareUnsigned(at, items.length) >= 0) {
            return false;
        }
        int top = items[at];
        if (Cache.isFull(top) || Integer.compareUnsigned(top, items.length) >= 0) {
            return false;
        }
        TagSpace.store(tag, 0);
        items[top] = item;
        items[at] = top + 1;
        counted[count]++;
        return true;
    }

    private void setGate() {
        gate[0] = closed || limit != null || paused ? CLOSED : number;
    }

    /** What the CPUs have counted there since they came. */
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

    /** Looks for memory further and further away; false when there is nowhere left to look. */
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

    private long failed(long flags) {
        zone.countFailure();
        if ((flags & M_NOWAIT) != 0) {
            return 0;
        }
        throw new KernelMapExhausted(
                BlockMessages.exhausted(zone.itemBytes(), uma.map().used()));
    }

    /** False only with M_NOWAIT. */
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

    /** The limit, once the items in use are counted in. */
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
     * Sets a limit where there was none. From the store of {@code limit} and {@code gate} on, requests go the slow way and
     * wait for this lock; quiesce waits for those that came before; what they have in use is counted then.
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

    private ZoneDestroyed destroyed(String function) {
        return new ZoneDestroyed(
                type.alive()
                        ? ZoneMessages.destroyed(function, zone.name(), type.owner.module())
                        : ZoneMessages.ownerStopped(function, zone.name(), type.owner.module()));
    }
}
