package malloc9.malloc;

import static malloc9.api.MallocFlags.M_NODUMP;
import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_USE_RESERVE;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongSupplier;
import malloc9.api.InterruptedRequest;
import malloc9.api.InvalidFree;
import malloc9.api.InvalidRequest;
import malloc9.api.KernelMapExhausted;
import malloc9.debug.BlockRecord;
import malloc9.debug.Sites;
import malloc9.debug.memguard.MemGuard;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Cache;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import malloc9.vm.Exhaustion;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The allocator by address (kern_malloc): what both services, segments and raw addresses, stand on.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: nothing of its own; caches and counters lie in the CPU's slot, tags in the slab, the type's number
 *       in its record.
 *   <li>Concurrency: the fast path is one critical section of the CPU's slot. Whoever unregisters a type first
 *       declares it dead and then waits for the open sections; so a section that found it alive has finished tag and
 *       counters before the type's blocks are counted, and one that comes later finds it dead.
 *   <li>Invariants: a block's tag is its type's from malloc to free; each successful malloc and free counts once.
 *   <li>Cost: no lock, no atomic, no off-heap access, no garbage, unless a bucket is exchanged. The doors must be inlined
 *       into their callers, else a segment is a heap object of 40 bytes; C2 refuses what it has compiled to more than
 *       2,500 bytes (InlineSmallCode). Most of those are uncommon traps, some 60 bytes for each check that never fails
 *       and 7 for each value that the slow path needs: hence the tests that catch several things at once, and zeroing is
 *       a call of its own ({@link #mallocOtherwise}).
 *   <li>Differs from BSD: wrong-type, double, interior and foreign frees are refused (BSD miscounts or corrupts);
 *       statistics of failed small requests are the mask bit only, as there.
 * </ul>
 */
public final class KernMalloc {

    /** What a free without a view claims to free. */
    static final long NO_VIEW = 0;

    /** What a way to a block says when its type's watch has changed meanwhile. */
    static final long CHANGED = -1;

    private static final int MIN_ALLOC = Slab.GRANULE;

    /** Shows C2 that the table of classes is long enough. */
    private static final int ITEM_MASK = (int) Uma.ITEM_MAX - 1;

    private final Uma uma;
    private final Cpus cpus;
    private final SlabMap slabs;

    /** The slab map's: one load less than through the map. */
    private final int[] @Nullable [] tables;

    private final SizeClasses classes;

    /** {@link SizeClasses#table}: one load less than through the classes. */
    private final byte[] classOf;

    private final Items items;

    /** What can be wrong with a pointer. */
    final BlockCheck blocks;

    /** Those of level I. */
    final ArmouredBlocks armoured;

    /** What can be wrong with a request. */
    final RequestCheck requests;

    /** Requests that MemGuard serves. */
    final GuardedRequests guarded;

    private final LastFailure lastFailure;
    private final Exhaustion exhaustion;
    private final long base;
    private final long size;

    /** Granules of the map. */
    private final long granules;

    private final MemorySegment range;

    KernMalloc(
            Uma uma,
            SizeClasses classes,
            MallocTypes types,
            LastFailure lastFailure,
            Watches watches,
            Sites sites,
            Events events,
            Suspects suspects,
            Exhaustion exhaustion,
            MemGuard guard) {
        this.uma = uma;
        this.exhaustion = exhaustion;
        this.classes = classes;
        this.classOf = classes.table();
        this.lastFailure = lastFailure;
        this.cpus = uma.cpus();
        this.slabs = uma.slabs();
        this.tables = slabs.tables();
        this.base = uma.map().base();
        this.size = uma.map().size();
        this.granules = size >>> Slab.GRANULE_SHIFT;
        this.range = MemorySegment.ofAddress(base).reinterpret(size);
        this.items = new Items(slabs, range);
        this.blocks = new BlockCheck(uma, types, events);
        this.requests = new RequestCheck(classes, size);
        this.armoured = new ArmouredBlocks(this, uma, types, classes, watches, sites, events, suspects, range, blocks);
        this.guarded = new GuardedRequests(guard, this, uma, classes, watches, blocks);
    }

    /**
     * Allocates; 0 only with M_NOWAIT.
     *
     * @param raw whether the block is handed out by address; a constant at the door, which costs nothing there
     */
    long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        // 1 to ITEM_MAX bytes, and one of the wait flags, which are 1 and 2, alone: all in one test.
        if ((((bytes - 1) & -Uma.ITEM_MAX) | ((flags - 1) >>> 1)) == 0) {
            Pcpu cpu = cpus.current();
            if (cpu != null) {
                cpu.enter();
                long item;
                try {
                    item = take(cpu, classOf[(((int) bytes - 1) & ITEM_MASK) >>> Slab.GRANULE_SHIFT], type, raw, false);
                } finally {
                    cpu.exit();
                }
                if (item >= 0) {
                    return addressOf((int) item);
                }
            }
        }
        return mallocOtherwise(bytes, type, flags, raw);
    }

    /** Allocates what is asked for with other flags, or not to be had at once: zeroed items by the fast path, too. */
    long mallocOtherwise(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        if (((bytes - 1) & -Uma.ITEM_MAX) == 0 && (flags == (M_WAITOK | M_ZERO) || flags == (M_NOWAIT | M_ZERO))) {
            Pcpu cpu = cpus.current();
            if (cpu != null) {
                cpu.enter();
                long item;
                try {
                    item = take(cpu, classOf[(((int) bytes - 1) & ITEM_MASK) >>> Slab.GRANULE_SHIFT], type, raw, true);
                } finally {
                    cpu.exit();
                }
                if (item >= 0) {
                    return addressOf((int) item);
                }
            }
        }
        return mallocSlow(bytes, type, flags, raw);
    }

    /** Frees; the caller's view spans {@code viewBytes}, no more than the block may have. */
    void free(long address, MallocTypeInternal type, long viewBytes) {
        Pcpu cpu = cpus.current();
        if (cpu != null) {
            cpu.enter();
            boolean done;
            try {
                done = give(cpu, address, type, viewBytes);
            } finally {
                cpu.exit();
            }
            if (done) {
                return;
            }
        }
        freeSlow(address, type, viewBytes);
    }

    /** Reallocates; 0 only with M_NOWAIT, and the block is untouched. */
    long realloc(long address, long bytes, MallocTypeInternal type, long flags, boolean raw, long viewBytes) {
        RequestCheck.checkFlags(flags, "realloc");
        requests.checkSize(bytes, type, "realloc");
        type.types.fence(type, "realloc");
        if (guarded.owns(address)) {
            return guarded.realloc(address, bytes, type, flags, raw, viewBytes);
        }
        BlockRecord record = blocks.noted(address);
        long itemBytes = blocks.locate(address, type, viewBytes, "realloc").itemBytes;
        long usable = record == null ? itemBytes : record.bytes;
        // An armoured block never stays, so that its red zones are looked at.
        if (record == null && bytes <= usable && (bytes > usable / 2 || usable == MIN_ALLOC)) {
            return address;
        }
        long moved = malloc(bytes, type, flags, raw);
        if (moved != 0) {
            copy(address, GuardedRequests.plain(moved), Math.min(bytes, usable), type);
            try {
                free(address, type, viewBytes);
            } catch (InvalidFree alreadyFreed) {
                // Another thread was faster: the caller gets the error, and so nobody would have the new block.
                free(GuardedRequests.plain(moved), type, NO_VIEW);
                throw alreadyFreed;
            }
        }
        return moved;
    }

    /** The bytes that there are at a block. */
    long usableSize(long address, MallocTypeInternal type, long viewBytes) {
        if (guarded.owns(address)) {
            return guarded.usableSize(address, type, viewBytes);
        }
        BlockRecord record = blocks.noted(address);
        long itemBytes = blocks.locate(address, type, viewBytes, "malloc_usable_size").itemBytes;
        return record == null ? itemBytes : record.bytes;
    }

    /**
     * An item from the cache, or -1 if anything is not as usual. Inside a critical section, whose changes come last and
     * call nothing: a stack overflow or an OutOfMemoryError finds all done or nothing.
     */
    private long take(Pcpu cpu, int zone, MallocTypeInternal type, boolean raw, boolean zeroed) {
        int[] tops = cpu.tops;
        long[] row = type.row(cpu.number);
        int word = type.word[0];
        if (word < 0 || row == null || Integer.compareUnsigned(zone, tops.length) >= 0) {
            return -1;
        }
        int[] items = cpu.items;
        int top = tops[zone] - 1;
        if (Integer.compareUnsigned(top, items.length) >= 0) {
            return -1;
        }
        int item = items[top];
        int[] table = table(item);
        if (table == null) {
            return -1;
        }
        int index = Slab.tagIndex(table, item);
        if (Integer.compareUnsigned(index, table.length) >= 0) {
            return -1;
        }
        if (zeroed) {
            this.items.zero(item, Slab.itemBytes(table));
        }
        tops[zone] = top;
        if (Ablation.TAGS) {
            table[index] = Slab.tag(item, raw ? word | Tags.RAW : word);
        }
        if (Ablation.STATISTICS) {
            row[zone]++;
        }
        return Integer.toUnsignedLong(item);
    }

    /** Puts an item into the cache; false if anything is not as usual. Inside a critical section. */
    private boolean give(Pcpu cpu, long address, MallocTypeInternal type, long viewBytes) {
        // Bits of an address inside a granule come out on top, where no granule of the map has any.
        long granule = Long.rotateRight(address - base, Slab.GRANULE_SHIFT);
        if (Long.compareUnsigned(granule, granules) >= 0) {
            return false;
        }
        int item = (int) granule;
        int[] table = table(item);
        if (table == null || (viewBytes != NO_VIEW && viewBytes > Slab.itemBytes(table))) {
            return false;
        }
        int index = Slab.tagIndex(table, item);
        // A page run has no table, any other granule than the item's first has another tag, and so has a dead type.
        if (Integer.compareUnsigned(index, table.length) >= 0
                || (Ablation.TAGS && (table[index] & ~Tags.RAW) != Slab.tag(item, type.word[0]))) {
            return false;
        }
        int zone = Slab.zone(table);
        int[] tops = cpu.tops;
        long[] row = type.row(cpu.number);
        if (row == null || Integer.compareUnsigned(zone, tops.length) >= 0) {
            return false;
        }
        int[] items = cpu.items;
        int top = tops[zone];
        if (Cache.isFull(top) || Integer.compareUnsigned(top, items.length) >= 0) {
            return false;
        }
        if (Ablation.TAGS) {
            table[index] = 0;
        }
        items[top] = item;
        tops[zone] = top + 1;
        if (Ablation.STATISTICS) {
            row[Counters.FREES + Slab.sizeClass(table)]++;
        }
        return true;
    }

    /** The table of the slab around a granule; none around what stands below the first item of a cache. */
    private int @Nullable [] table(int granule) {
        int unit = granule >>> SlabMap.UNIT_GRANULE_SHIFT;
        return Integer.compareUnsigned(unit, tables.length) < 0 ? tables[unit] : null;
    }

    /** Allocates by the way that every request can go. */
    long mallocSlow(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        RequestCheck.checkFlags(flags, "malloc");
        requests.checkSize(bytes, type, "malloc");
        type.types.fence(type, "malloc");
        // Without a lambda, which would be garbage for each bucket.
        long address = type.watch() == null ? allocate(bytes, type, null, flags, raw) : CHANGED;
        if (address != CHANGED) {
            return address;
        }
        if (guarded.wants(bytes, type)) {
            return under(
                    type, bytes, classes.accounted(bytes), flags, watch -> guarded.orPlain(bytes, type, watch, flags, raw));
        }
        Coat coat = armoured.coat(bytes, type, flags);
        if (coat != null) {
            try {
                return mallocIn(coat, bytes, type, flags, raw);
            } catch (OutOfMemoryError noRecord) {
                // Unfortunate but not fatal: the block is a plain one.
            }
        }
        return under(type, bytes, classes.accounted(bytes), flags, watch -> allocate(bytes, type, watch, flags, raw));
    }

    private long mallocIn(Coat coat, long bytes, MallocTypeInternal type, long flags, boolean raw) {
        requests.checkSize(coat.rawBytes, type, "malloc");
        try {
            long item = under(
                    type,
                    bytes,
                    classes.accounted(coat.rawBytes),
                    flags,
                    watch -> allocatePlain(coat.rawBytes, type, watch, flags & ~M_ZERO, raw, coat));
            return item == 0 ? 0 : item + coat.front;
        } finally {
            armoured.tell(coat);
        }
    }

    /** What finds a block for a type under a watch or none: its address, 0 for none, CHANGED if the type is watched otherwise now. */
    interface Attempt {
        long under(@Nullable Watch watch);
    }

    /**
     * Allocates as the type's watch allows.
     *
     * @param bytes as asked for
     * @param accounted as charged
     */
    long under(MallocTypeInternal type, long bytes, long accounted, long flags, Attempt attempt) {
        while (true) {
            Watch watch = type.watch();
            long address = watch == null ? attempt.under(null) : watched(watch, bytes, accounted, flags, attempt);
            if (address != CHANGED) {
                return address;
            }
        }
    }

    private long watched(Watch watch, long bytes, long accounted, long flags, Attempt attempt) {
        if (!watch.admit(bytes, accounted, flags)) {
            lastFailure.stamp();
            return 0;
        }
        long address = 0;
        try {
            address = attempt.under(watch);
        } finally {
            if (address == 0 || address == CHANGED) {
                watch.refund(accounted);
            }
        }
        if (address != 0 && address != CHANGED) {
            watch.allocated();
        }
        return address;
    }

    /** Allocates for a type under that watch, or none; what is due for a sample is MemGuard's. */
    private long allocate(long bytes, MallocTypeInternal type, @Nullable Watch watch, long flags, boolean raw) {
        long address = guarded.sample(bytes, type, watch, flags, raw);
        return address != 0 ? address : allocatePlain(bytes, type, watch, flags, raw, null);
    }

    /** Allocates from the kernel map. */
    long allocatePlain(
            long bytes,
            MallocTypeInternal type,
            @Nullable Watch watch,
            long flags,
            boolean raw,
            @Nullable Coat coat) {
        return bytes > classes.largest()
                ? mallocRun(PageSource.roundUp(bytes, PageSource.PAGE), type, watch, flags, raw, coat)
                : mallocItem(classes.of(bytes), type, watch, flags, raw, coat);
    }

    private long mallocItem(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable Watch watch,
            long flags,
            boolean raw,
            @Nullable Coat coat) {
        long bytes = classes.bytes(sizeClass);
        long address = tryItem(sizeClass, type, watch, flags, raw, coat);
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryItem(sizeClass, type, watch, flags, raw, coat), bytes);
        }
        if (address == 0) {
            uma.countFailure(type.zoneBase() + sizeClass);
            countFailure(type, sizeClass);
            return failed(bytes, flags);
        }
        return address;
    }

    /** An item without waiting, or 0: from the cache, else the zone, else the reserve. */
    private long tryItem(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable Watch watch,
            long flags,
            boolean raw,
            @Nullable Coat coat) {
        int zone = type.zoneBase() + sizeClass;
        do {
            Pcpu cpu = enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            long item;
            try {
                long[] row = counters(cpu, type, watch);
                item = items.take(cpu, zone, row, owner(type, raw, coat), (flags & M_ZERO) != 0, coat);
                if (item >= 0 && type.record != null) {
                    type.record.allocated(cpu.number, classes.bytes(sizeClass), classes.maskBit(sizeClass));
                }
            } finally {
                uma.leave(cpu);
            }
            if (item >= 0) {
                return addressOf((int) item);
            }
            sampleHighWater(type);
        } while (uma.refill(zone));
        return (flags & M_USE_RESERVE) == 0 ? 0 : tryReserve(sizeClass, type, watch, flags, raw, coat);
    }

    private static int owner(MallocTypeInternal type, boolean raw, @Nullable Coat coat) {
        return type.number | (raw ? Tags.RAW : 0) | (coat == null ? 0 : Tags.NOTED);
    }

    private long tryReserve(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable Watch watch,
            long flags,
            boolean raw,
            @Nullable Coat coat) {
        long taken = uma.reserve().take(classes.bytes(sizeClass), sizeClass);
        int item = (int) taken;
        Slab slab = taken < 0 ? null : slabs.find(item);
        if (slab == null) {
            return 0;
        }
        boolean done = false;
        try {
            Pcpu cpu = enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            try {
                long[] row = counters(cpu, type, watch);
                if ((flags & M_ZERO) != 0) {
                    items.zero(item, slab.itemBytes);
                }
                if (coat != null) {
                    coat.put(slab, item);
                }
                slab.tagAs(item, owner(type, raw, coat));
                row[sizeClass]++;
                done = true;
                if (type.record != null) {
                    type.record.allocated(cpu.number, slab.itemBytes, classes.maskBit(sizeClass));
                }
            } finally {
                uma.leave(cpu);
            }
        } finally {
            if (!done) {
                uma.reserve().give(slab, item);
            }
        }
        return addressOf(item);
    }

    private long mallocRun(
            long bytes, MallocTypeInternal type, @Nullable Watch watch, long flags, boolean raw, @Nullable Coat coat) {
        long address = tryRun(bytes, type, watch, flags, raw, coat);
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryRun(bytes, type, watch, flags, raw, coat), bytes);
        }
        return address == 0 ? failed(bytes, flags) : address;
    }

    private long tryRun(
            long bytes, MallocTypeInternal type, @Nullable Watch watch, long flags, boolean raw, @Nullable Coat coat) {
        return handOut(uma.allocateRun(bytes, (flags & M_USE_RESERVE) != 0), type, watch, flags, raw, coat);
    }

    /** Waits for what an attempt finds no memory for now; 0 if that was in vain. */
    private long retry(LongSupplier attempt, long bytes) {
        try {
            return exhaustion.retry(attempt);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedRequest(Messages.interrupted(bytes));
        }
    }

    /** Hands a page run out, if there is one; whatever hinders that, the run goes back. */
    long handOut(
            @Nullable Slab run,
            MallocTypeInternal type,
            @Nullable Watch watch,
            long flags,
            boolean raw,
            @Nullable Coat coat) {
        boolean done = false;
        try {
            if (run != null && (flags & M_NODUMP) != 0) {
                uma.keepOutOfDumps(run);
            }
            Pcpu cpu = enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            if (run != null) {
                long[] row = counters(cpu, type, watch);
                if (coat != null) {
                    coat.put(run, run.base);
                }
                run.tagAs(run.base, owner(type, raw, coat));
                row[Counters.RUN_ALLOCS]++;
                row[Counters.RUN_ALLOCATED] += run.itemBytes;
                done = true;
                if (type.record != null) {
                    type.record.allocated(cpu.number, run.itemBytes, 0);
                }
            }
            done = true;
            uma.leave(cpu);
        } finally {
            if (run != null && !done) {
                uma.releaseRun(run);
            }
        }
        if (run == null) {
            return 0;
        }
        if (type.highWater.runAllocated(run.itemBytes)) {
            type.look();
        }
        return addressOf(run.base);
    }

    private void freeSlow(long address, MallocTypeInternal type, long viewBytes) {
        type.types.fence(type, "free");
        if (guarded.owns(address)) {
            guarded.free(address, type, viewBytes);
            return;
        }
        if (armoured.free(address, type, viewBytes, "free")) {
            return;
        }
        int item = (int) ((address - base) >>> Slab.GRANULE_SHIFT);
        while (true) {
            Slab slab = blocks.locate(address, type, viewBytes, "free");
            Watch watch = type.watch();
            Pcpu cpu = enterUnder(type, watch, "free");
            if (cpu == null) {
                continue;
            }
            boolean cached = slab.zone >= 0;
            boolean done;
            try {
                long[] row = counters(cpu, type, watch);
                done = cached ? items.give(cpu, slab, item, row, type.number) : unclaim(slab, item, row, type, 0);
                if (done && type.record != null) {
                    type.record.freed(cpu.number, slab.itemBytes);
                }
            } finally {
                uma.leave(cpu);
            }
            if (done) {
                freed(slab, item, type, watch);
                return;
            }
            if (cached) {
                uma.flush(slab.zone);
            }
        }
    }

    private void freed(Slab slab, int item, MallocTypeInternal type, @Nullable Watch watch) {
        try {
            if (slab.zone == Slab.PAGE_RUN) {
                type.highWater.runFreed(slab.itemBytes);
            }
            if (slab.zone < 0) {
                uma.release(slab, new int[] {item}, 1);
            }
        } finally {
            if (watch != null) {
                watch.freed(slab.itemBytes);
            }
        }
    }

    /** Frees an armoured block, if it is still the one that was looked at and its type is watched as before. */
    void free(ArmouredBlocks.Taking taking, MallocTypeInternal type, String function) {
        Watch watch = type.watch();
        Pcpu cpu = enterUnder(type, watch, function);
        if (cpu == null) {
            return;
        }
        Slab slab = taking.slab;
        try {
            if (taking.look() && unclaim(slab, taking.item, counters(cpu, type, watch), type, ArmouredBlocks.KEPT)) {
                taking.claim();
                if (type.record != null) {
                    type.record.freed(cpu.number, slab.itemBytes);
                }
                taking.fill();
            }
        } finally {
            uma.leave(cpu);
        }
        if (taking.isClaimed() && slab.zone == Slab.PAGE_RUN) {
            type.highWater.runFreed(slab.itemBytes);
        }
        if (taking.isClaimed() && watch != null) {
            watch.freed(slab.itemBytes);
        }
    }

    /**
     * Takes a block that is in no cache's slab, or goes to none, out of its type's hands; false if another thread was faster.
     *
     * @param leftAs what its tag says from now on
     */
    private static boolean unclaim(Slab slab, int item, long[] row, MallocTypeInternal type, int leftAs) {
        int tag = slab.tagOf(item);
        if (!Tags.isOf(tag, type.number) || !slab.retag(item, tag, leftAs == 0 ? 0 : Slab.tag(item, leftAs))) {
            return false;
        }
        if (slab.zone == Slab.PAGE_RUN) {
            row[Counters.RUN_FREES]++;
            row[Counters.RUN_FREED] += slab.itemBytes;
        } else {
            row[Counters.FREES + slab.sizeClass]++;
        }
        return true;
    }

    /** Zeroes a block to its end, and frees it. */
    void zfree(long address, MallocTypeInternal type, long viewBytes) {
        type.types.fence(type, "zfree");
        if (guarded.owns(address)) {
            // Its pages go back to the OS.
            guarded.free(address, type, viewBytes);
            return;
        }
        // What was armoured is full of trash afterwards.
        if (armoured.free(address, type, viewBytes, "zfree")) {
            return;
        }
        Slab slab = blocks.locate(address, type, viewBytes, "zfree");
        int item = (int) ((address - base) >>> Slab.GRANULE_SHIFT);
        Pcpu cpu = enterAlive(type, "zfree");
        try {
            if (Tags.isOf(slab.tagOf(item), type.number)) {
                range.asSlice(address - base, slab.itemBytes).fill((byte) 0);
            }
        } finally {
            uma.leave(cpu);
        }
        free(address, type, viewBytes);
    }

    /** The bytes that there would be at a block. */
    long mallocSize(long bytes) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(Messages.badSize("malloc_size", bytes, size));
        }
        return classes.accounted(bytes);
    }

    /** Counts memory of another allocator, handed out or taken back. */
    void account(MallocTypeInternal type, long bytes, boolean freed, String function) {
        if (bytes < 0) {
            throw new InvalidRequest(Messages.badAccounting(function, bytes, type.name));
        }
        Watch watch;
        Pcpu cpu;
        do {
            watch = type.watch();
            cpu = enterUnder(type, watch, function);
        } while (cpu == null);
        long[] row = counters(cpu, type, watch);
        row[freed ? Counters.RUN_FREES : Counters.RUN_ALLOCS]++;
        row[freed ? Counters.RUN_FREED : Counters.RUN_ALLOCATED] += bytes;
        if (type.record != null && freed) {
            type.record.freed(cpu.number, bytes);
        } else if (type.record != null) {
            type.record.allocated(cpu.number, bytes, 0);
        }
        uma.leave(cpu);
        if (watch != null && freed) {
            watch.freedElsewhere(bytes);
        } else if (watch != null) {
            watch.allocatedElsewhere(bytes);
        } else if (!freed) {
            type.look();
        }
    }

    /**
     * The caller's slot, with counters for the type under that watch or none, in a critical section in which the type is
     * alive; null if it is watched otherwise by now.
     */
    @SuppressWarnings("ReferenceEquality") // a watch is who it is
    @Nullable
    Pcpu enterUnder(MallocTypeInternal type, @Nullable Watch watch, String function) {
        while (true) {
            Pcpu cpu = enterAlive(type, function);
            boolean same = type.watch() == watch;
            if (same && type.row(cpu.number, watch) != null) {
                return cpu;
            }
            uma.leave(cpu);
            if (!same) {
                return null;
            }
            type.addRow(cpu.number, watch);
        }
    }

    /** The caller's slot, in a critical section in which the type is alive. */
    private Pcpu enterAlive(MallocTypeInternal type, String function) {
        Pcpu cpu = uma.enterCurrent();
        if (!type.alive()) {
            uma.leave(cpu);
            throw type.unregistered(function);
        }
        return cpu;
    }

    /** The counters that {@link #enterUnder} has seen to. */
    static long[] counters(Pcpu cpu, MallocTypeInternal type, @Nullable Watch watch) {
        return Objects.requireNonNull(type.row(cpu.number, watch));
    }

    private void sampleHighWater(MallocTypeInternal type) {
        if (type.highWater.isDue()) {
            type.look();
        }
    }

    private void countFailure(MallocTypeInternal type, int sizeClass) {
        Pcpu cpu;
        Watch watch;
        do {
            watch = type.watch();
            cpu = enterUnder(type, watch, "malloc");
        } while (cpu == null);
        counters(cpu, type, watch)[Counters.FAILED_MASK] |= classes.maskBit(sizeClass);
        if (type.record != null) {
            type.record.failed(cpu.number, classes.maskBit(sizeClass));
        }
        uma.leave(cpu);
    }

    private long failed(long bytes, long flags) {
        if ((flags & M_NOWAIT) != 0) {
            lastFailure.stamp();
            return 0;
        }
        throw new KernelMapExhausted(Messages.exhausted(bytes, uma.map().used()));
    }

    /** Copies between two blocks of a type; its owner is not stopped before the copy is done. */
    private void copy(long from, long to, long bytes, MallocTypeInternal type) {
        Pcpu cpu = enterAlive(type, "realloc");
        try {
            GuardedRequests.copy(from, to, bytes);
        } finally {
            uma.leave(cpu);
        }
    }

    private long addressOf(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }
}
