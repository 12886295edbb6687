package malloc9.malloc;

import static malloc9.api.MallocFlags.M_NODUMP;
import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_USE_RESERVE;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import malloc9.api.InterruptedRequest;
import malloc9.api.InvalidRequest;
import malloc9.api.KernelMapExhausted;
import malloc9.debug.BlockRecord;
import malloc9.debug.Sites;
import malloc9.debug.memguard.MemGuard;
import malloc9.pcpu.Pcpu;
import malloc9.trace.Trace;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import malloc9.vm.Exhaustion;
import malloc9.vm.PageSource;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The slow path is the way that every request can go: what {@link KernMalloc} falls back to when anything is not as usual.
 *
 * <p>A request is asked in turn: does its type's {@link Watch} admit it; is it MemGuard's ({@link GuardedRequests}); is its block to be armoured
 * ({@link ArmouredBlocks}); else it is a plain one, an item or a page run. A free asks whose the address is in the same order.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: nothing of its own.
 *   <li>Concurrency: each step that changes a block or a count is a section of its own, entered under the watch that the request was admitted
 *       by; if that is another by then, the request begins anew.
 *   <li>Invariants: what was admitted and came to nothing is refunded; a block that cannot be handed out goes back.
 *   <li>Cost: some 100 ns. Where no type is watched, one request in as many as half a cache holds comes here.
 *   <li>Differs from BSD: what options compile into kernels there is asked here.
 * </ul>
 */
final class SlowPath {

    /** What a way to a block says when its type's watch has changed meanwhile. */
    static final long CHANGED = -1;

    /** What it says when MemGuard has no block for a request that was to be guarded. */
    static final long UNGUARDED = -2;

    /** The errors for frees that are refused. */
    final Refusals refusals;

    /** What can be wrong with a pointer. */
    final BlockCheck blocks;

    /** Those of level I. */
    final ArmouredBlocks armoured;

    /** What can be wrong with a request. */
    final RequestCheck requests;

    /** Requests that MemGuard serves. */
    final GuardedRequests guarded;

    /** Zeroing, and items by the slow way. */
    final Items items;

    final TypeSections sections;

    /** Those of watched types. */
    final TypeProbes probes;

    private final Uma uma;
    private final SlabMap slabs;
    private final SizeClasses classes;
    private final LastFailure lastFailure;
    private final Exhaustion exhaustion;
    private final long base;
    private final long size;
    private final MemorySegment range;

    SlowPath(
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
        this.lastFailure = lastFailure;
        this.slabs = uma.slabs();
        this.base = uma.map().base();
        this.size = uma.map().size();
        this.range = MemorySegment.ofAddress(base).reinterpret(size);
        this.items = new Items(slabs, base);
        this.sections = new TypeSections(uma);
        this.probes = new TypeProbes(watches.trace, uma, classes);
        this.refusals = new Refusals(new Whatis(uma, types, guard), events);
        this.blocks = new BlockCheck(uma, refusals);
        this.requests = new RequestCheck(classes, size);
        this.armoured = new ArmouredBlocks(this, uma, types, classes, watches, sites, events, suspects, range, blocks);
        this.guarded = new GuardedRequests(guard, this, uma, classes, watches, sites, refusals);
    }

    /** Allocates by the way that every request can go. */
    long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        StackRoom.forRequest();
        RequestCheck.checkFlags(flags, "malloc");
        requests.checkSize(bytes, type, "malloc");
        type.types.fence(type, "malloc");
        // Without a lambda, which would be garbage for each bucket.
        long address = type.watch() == null ? allocate(bytes, type, null, flags, raw) : CHANGED;
        if (address != CHANGED) {
            return address;
        }
        return guarded.wants(bytes, type)
                ? mallocGuarded(bytes, type, flags, raw, false)
                : mallocUnguarded(bytes, type, flags, raw, false);
    }

    /**
     * Allocates a guarded block, or else the block that it would be without MemGuard.
     *
     * @param sampled whether the guarded one counts as a sample
     */
    long mallocGuarded(long bytes, MallocTypeInternal type, long flags, boolean raw, boolean sampled) {
        long address = under(type, bytes, classes.accounted(bytes), flags, false, watch -> {
            long given = guarded.allocate(bytes, type, watch, flags, raw, sampled);
            return given == 0 ? UNGUARDED : given;
        });
        return address == UNGUARDED ? mallocUnguarded(bytes, type, flags, raw, true) : address;
    }

    /** @param again whether the request was admitted before */
    private long mallocUnguarded(long bytes, MallocTypeInternal type, long flags, boolean raw, boolean again) {
        Coat coat = armoured.coat(bytes, type, flags);
        if (coat != null) {
            try {
                return mallocIn(coat, bytes, type, flags, raw, again);
            } catch (OutOfMemoryError noRecord) {
                // Unfortunate but not fatal: the block is a plain one.
            }
        }
        return under(
                type,
                bytes,
                classes.accounted(bytes),
                flags,
                again || coat != null,
                watch -> allocate(bytes, type, watch, flags, raw));
    }

    private long mallocIn(Coat coat, long bytes, MallocTypeInternal type, long flags, boolean raw, boolean again) {
        try {
            return under(
                    type,
                    bytes,
                    classes.accounted(coat.rawBytes),
                    flags,
                    again,
                    watch -> coat.block(allocatePlain(coat.rawBytes, type, watch, flags & ~M_ZERO, raw, coat)));
        } finally {
            armoured.tell(coat);
        }
    }

    /**
     * What finds a block for a type under a watch or none: its address, 0 for none, CHANGED if the type is watched otherwise now, UNGUARDED if
     * another attempt is to be made.
     */
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
        return under(type, bytes, accounted, flags, false, attempt);
    }

    /** @param again whether the request was admitted before, to an attempt that did not serve it */
    private long under(
            MallocTypeInternal type, long bytes, long accounted, long flags, boolean again, Attempt attempt) {
        while (true) {
            Watch watch = type.watch();
            long address =
                    watch == null ? attempt.under(null) : watched(type, watch, bytes, accounted, flags, again, attempt);
            if (address != CHANGED) {
                return address;
            }
        }
    }

    private long watched(
            MallocTypeInternal type,
            Watch watch,
            long bytes,
            long accounted,
            long flags,
            boolean again,
            Attempt attempt) {
        if (!(again ? watch.admitAgain(bytes, accounted, flags) : watch.admit(bytes, accounted, flags))) {
            lastFailure.stamp();
            return 0;
        }
        long address = 0;
        try {
            address = attempt.under(watch);
        } finally {
            if (isNone(address)) {
                watch.refund(accounted);
            }
        }
        if (!isNone(address)) {
            watch.allocated();
            probes.allocated(type, bytes, accounted, MemGuard.unmark(address));
        }
        return address;
    }

    private static boolean isNone(long address) {
        return address == 0 || address == CHANGED || address == UNGUARDED;
    }

    /** Allocates for a type under that watch, or none; what is due for a sample is MemGuard's. */
    private long allocate(long bytes, MallocTypeInternal type, @Nullable Watch watch, long flags, boolean raw) {
        long address = guarded.sample(bytes, type, watch, flags, raw);
        return address != 0 ? address : allocatePlain(bytes, type, watch, flags, raw, null);
    }

    /** Allocates from the kernel map. */
    long allocatePlain(
            long bytes, MallocTypeInternal type, @Nullable Watch watch, long flags, boolean raw, @Nullable Coat coat) {
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
        if (address == 0 && armoured.quarantine().letOut()) {
            address = tryItem(sizeClass, type, watch, flags, raw, coat);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryItem(sizeClass, type, watch, flags, raw, coat), withoutCoat(bytes, coat));
        }
        if (address == 0) {
            uma.countFailure(type.zoneBase() + sizeClass);
            countFailure(type, sizeClass);
            return failed(withoutCoat(bytes, coat), flags);
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
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            long item;
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                item = items.take(cpu, zone, row, owner(type, raw, coat), (flags & M_ZERO) != 0, coat);
                if (item >= 0) {
                    type.zoneCounts.allocated(zone);
                }
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
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                if ((flags & M_ZERO) != 0) {
                    items.zero(item, slab.itemBytes);
                }
                if (coat != null) {
                    coat.put(slab, item);
                }
                slab.tagAs(item, owner(type, raw, coat));
                row[Counters.ALLOCS + sizeClass]++;
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
        if (address == 0 && armoured.quarantine().letOut()) {
            address = tryRun(bytes, type, watch, flags, raw, coat);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryRun(bytes, type, watch, flags, raw, coat), withoutCoat(bytes, coat));
        }
        return address == 0 ? failed(withoutCoat(bytes, coat), flags) : address;
    }

    /** Returns the size that an error names: the size of the block at level R, without red zones. */
    private long withoutCoat(long bytes, @Nullable Coat coat) {
        return coat == null ? bytes : classes.accounted(coat.bytes);
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
            if (run != null && ((flags & M_ZERO) != 0 || (coat != null && coat.zeroed))) {
                uma.zero(run);
            }
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return CHANGED;
            }
            try {
                if (run != null) {
                    long[] row = TypeSections.counters(cpu, type, watch);
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
            } finally {
                uma.leave(cpu);
            }
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

    /** Frees by the way that all can go. */
    void free(long address, MallocTypeInternal type, long viewBytes) {
        StackRoom.forRequest();
        type.types.fence(type, "free");
        if (guarded.owns(address)) {
            guarded.free(address, type, viewBytes, "free");
            return;
        }
        if (armoured.free(address, type, viewBytes, "free")) {
            return;
        }
        int item = (int) ((address - base) >>> Slab.GRANULE_SHIFT);
        while (true) {
            Slab slab = blocks.locate(address, type, viewBytes, "free");
            Watch watch = type.watch();
            Pcpu cpu = sections.enterUnder(type, watch, "free");
            if (cpu == null) {
                continue;
            }
            boolean cached = slab.zone >= 0;
            boolean done;
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                done = cached ? items.give(cpu, slab, item, row, type.number) : unclaim(slab, item, row, type, 0);
                if (done && cached) {
                    type.zoneCounts.freed(slab.zone);
                }
                if (done && type.record != null) {
                    type.record.freed(cpu.number, slab.itemBytes);
                }
            } finally {
                uma.leave(cpu);
            }
            if (done) {
                freed(slab, item, type, watch, viewBytes);
                return;
            }
            if (cached) {
                uma.flush(slab.zone);
            }
        }
    }

    private void freed(Slab slab, int item, MallocTypeInternal type, @Nullable Watch watch, long viewBytes) {
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
                long requested = viewBytes == KernMalloc.NO_VIEW ? Trace.UNKNOWN : viewBytes;
                probes.freed(type, requested, slab, addressOf(item));
            }
        }
    }

    /** Frees an armoured block, if it is still the one that was looked at and its type is watched as before. */
    void free(ArmouredBlocks.Taking taking, MallocTypeInternal type, String function) {
        Watch watch = type.watch();
        Pcpu cpu = sections.enterUnder(type, watch, function);
        if (cpu == null) {
            return;
        }
        Slab slab = taking.slab;
        try {
            if (taking.look()
                    && unclaim(slab, taking.item, TypeSections.counters(cpu, type, watch), type, ArmouredBlocks.KEPT)) {
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
            probes.freed(type, taking.record.bytes, slab, taking.record.address);
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
            type.zoneCounts.freed(slab.zone);
        }
        return true;
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
            cpu = sections.enterUnder(type, watch, "malloc");
        } while (cpu == null);
        TypeSections.counters(cpu, type, watch)[Counters.FAILED_MASK] |= classes.maskBit(sizeClass);
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

    /** Zeroes a block to its end, and frees it. */
    void zfree(long address, MallocTypeInternal type, long viewBytes) {
        StackRoom.forRequests();
        type.types.fence(type, "zfree");
        if (guarded.owns(address)) {
            // Its pages go back to the OS.
            guarded.free(address, type, viewBytes, "zfree");
            return;
        }
        // What was armoured is full of trash afterwards.
        if (armoured.free(address, type, viewBytes, "zfree")) {
            return;
        }
        Slab slab = blocks.locate(address, type, viewBytes, "zfree");
        int item = (int) ((address - base) >>> Slab.GRANULE_SHIFT);
        Pcpu cpu = sections.enterAlive(type, "zfree");
        try {
            if (Tags.isOf(slab.tagOf(item), type.number)) {
                range.asSlice(address - base, slab.itemBytes).fill((byte) 0);
            }
        } finally {
            uma.leave(cpu);
        }
        free(address, type, viewBytes);
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

    /** The bytes that there would be at a block. */
    long mallocSize(long bytes) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(Messages.badSize("malloc_size", bytes, size));
        }
        return classes.accounted(bytes);
    }

    /** Copies between two blocks of a type; its owner is not stopped before the copy is done. */
    void copy(long from, long to, long bytes, MallocTypeInternal type) {
        Pcpu cpu = sections.enterAlive(type, "realloc");
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
