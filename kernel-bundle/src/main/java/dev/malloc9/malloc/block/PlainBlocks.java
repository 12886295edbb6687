package dev.malloc9.malloc.block;

import static dev.malloc9.api.MallocFlags.M_NODUMP;
import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.trace.Trace;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.SlabMap;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KmemWait;
import dev.malloc9.vm.PageSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs of the kernel map, as the slow path allocates and frees them.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: no mutable state of its own.
 *   <li>Concurrency: each step that changes a block or a counter is one critical section, entered under the policy that admitted the
 *       request. If the type has another policy by then, an attempt returns {@link Admission#CHANGED}.
 *   <li>Invariants: a page run or an item of the reserve that cannot be handed out is released.
 *   <li>Cost: about 100 ns.
 * </ul>
 */
public final class PlainBlocks {

    private final Uma uma;
    private final SlabMap slabs;
    private final SizeClasses classes;
    private final TypeSections sections;
    private final Admission admission;
    private final FreeDiagnosis blocks;
    private final CachedItems items;
    private final Quarantine quarantine;
    private final KmemWait kmemWait;
    private final long base;

    /** @param quarantine the quarantine of freed armoured blocks, which is emptied if a request finds no memory */
    public PlainBlocks(BlockParts parts, Quarantine quarantine, KmemWait kmemWait) {
        this.uma = parts.uma();
        this.slabs = uma.slabs();
        this.classes = parts.classes();
        this.sections = parts.sections();
        this.admission = parts.admission();
        this.blocks = parts.blocks();
        this.base = uma.map().base();
        this.items = new CachedItems(slabs, base);
        this.quarantine = quarantine;
        this.kmemWait = kmemWait;
    }

    /**
     * Allocates an item, or a page run if the request exceeds the largest size class. An M_WAITOK request may wait for memory.
     *
     * @param bytes the size in bytes, with the red zones if there is a hook; 0 is allocated as 1
     * @param watch the policy that admitted the request, or null
     * @param flags the checked flags, with {@link InternalFlags}
     * @param hook the set-up of the red zones, or null for a block without red zones
     * @return the address of the item or page run; 0 if an M_NOWAIT request finds no memory; {@link Admission#CHANGED} if the type's policy
     *     has changed
     * @throws KernelMapExhausted if an M_WAITOK request finds no memory after all waits
     * @throws InterruptedRequest if the thread is interrupted while it waits
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     */
    public long allocate(
            long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, @Nullable ItemHook hook) {
        return bytes > classes.largest()
                ? mallocRun(PageSource.roundUp(bytes, PageSource.PAGE), type, watch, flags, hook)
                : mallocItem(classes.of(bytes), type, watch, flags, hook);
    }

    private long mallocItem(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            long flags,
            @Nullable ItemHook hook) {
        long bytes = classes.bytes(sizeClass);
        long address = tryItem(sizeClass, type, watch, flags, hook);
        if (address == 0 && quarantine.letOut()) {
            address = tryItem(sizeClass, type, watch, flags, hook);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryItem(sizeClass, type, watch, flags, hook), withoutRedZones(bytes, hook));
        }
        if (address == 0) {
            uma.countFailure(type.zoneBase() + sizeClass);
            countFailure(type, sizeClass);
            return failed(withoutRedZones(bytes, hook), flags);
        }
        return address;
    }

    /**
     * Tries to allocate an item without waiting for memory: from the cache, then from the zone, and with M_USE_RESERVE then from the
     * reserve.
     *
     * @return the address, 0 if there is no item, or {@link Admission#CHANGED}
     */
    private long tryItem(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            long flags,
            @Nullable ItemHook hook) {
        int zone = type.zoneBase() + sizeClass;
        // Before the critical section: an OutOfMemoryError after the item was taken would lose the item.
        type.zoneCounts.prepare(zone);
        do {
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return Admission.CHANGED;
            }
            long item;
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                item = items.take(cpu, zone, row, owner(type, flags, hook), (flags & M_ZERO) != 0, hook);
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
        return (flags & M_USE_RESERVE) == 0 ? 0 : tryReserve(sizeClass, type, watch, flags, hook);
    }

    /** Returns the owner bits of the tag of a block that is handed out. */
    private static int owner(MallocTypeInternal type, long flags, @Nullable ItemHook hook) {
        return type.number | (InternalFlags.isRaw(flags) ? Tags.RAW : 0) | (hook == null ? 0 : Tags.NOTED);
    }

    private long tryReserve(
            int sizeClass,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            long flags,
            @Nullable ItemHook hook) {
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
                return Admission.CHANGED;
            }
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                if ((flags & M_ZERO) != 0) {
                    items.zero(item, slab.itemBytes);
                }
                if (hook != null) {
                    hook.put(slab, item);
                }
                slab.tagAs(item, owner(type, flags, hook));
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
            long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, @Nullable ItemHook hook) {
        long address = tryRun(bytes, type, watch, flags, hook);
        if (address == 0 && quarantine.letOut()) {
            address = tryRun(bytes, type, watch, flags, hook);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            address = retry(() -> tryRun(bytes, type, watch, flags, hook), withoutRedZones(bytes, hook));
        }
        return address == 0 ? failed(withoutRedZones(bytes, hook), flags) : address;
    }

    /** Returns the size in bytes that an error names: the size that the block would have at level R, without red zones. */
    private long withoutRedZones(long bytes, @Nullable ItemHook hook) {
        return hook == null ? bytes : classes.accounted(hook.bytes());
    }

    private long tryRun(
            long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, @Nullable ItemHook hook) {
        return handOut(uma.allocateRun(bytes, (flags & M_USE_RESERVE) != 0), type, watch, flags, hook);
    }

    /**
     * Repeats an attempt, with reclaiming and waiting in between, until its result is not 0 ({@link KmemWait#retry}). Returns 0 if all
     * rounds found no memory.
     *
     * @param bytes the size in bytes that the error names
     * @throws InterruptedRequest if the thread is interrupted while it waits; its interrupt status is set again
     */
    private long retry(LongSupplier attempt, long bytes) {
        try {
            return kmemWait.retry(attempt);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedRequest(TypeMessages.interrupted(bytes));
        }
    }

    /**
     * Hands out a page run: applies M_NODUMP and M_ZERO, prepares it with the hook, tags it and counts it. If any step fails, or the policy
     * has changed, releases the run.
     *
     * @param run the page run, or null if the map had no hole for it
     * @return the address, 0 if there is no run, or {@link Admission#CHANGED} if the type's policy has changed
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped, even if there is no run
     */
    public long handOut(
            @Nullable Slab run,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            long flags,
            @Nullable ItemHook hook) {
        boolean done = false;
        try {
            if (run != null && (flags & M_NODUMP) != 0) {
                uma.keepOutOfDumps(run);
            }
            if (run != null && ((flags & M_ZERO) != 0 || (hook != null && hook.zeroed()))) {
                uma.zero(run);
            }
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return Admission.CHANGED;
            }
            try {
                if (run != null) {
                    long[] row = TypeSections.counters(cpu, type, watch);
                    if (hook != null) {
                        hook.put(run, run.base);
                    }
                    run.tagAs(run.base, owner(type, flags, hook));
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

    /**
     * Frees a block of the kernel map that has no record. If the cache is full or the type's policy changes, starts again with the look-up.
     *
     * @param viewBytes the length of the caller's view in bytes, or {@link Refusals#NO_VIEW}
     * @throws dev.malloc9.api.InvalidFree if no live block of the type starts at the address, or the view is longer than the block
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     */
    public void free(long address, MallocTypeInternal type, long viewBytes) {
        int item = Slab.granuleOf(address - base);
        while (true) {
            Slab slab = blocks.locate(address, type, viewBytes, "free");
            SlowPathPolicy watch = type.watch();
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

    /** Releases a page run or an item of the reserve, which no cache takes, and accounts for the free of any block. */
    private void freed(Slab slab, int item, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long viewBytes) {
        try {
            if (slab.zone == Slab.PAGE_RUN) {
                type.highWater.runFreed(slab.itemBytes);
            }
            if (slab.zone < 0) {
                uma.release(slab, new int[] {item}, 1);
            }
        } finally {
            long requested = viewBytes == Refusals.NO_VIEW ? Trace.UNKNOWN : viewBytes;
            admission.freed(type, watch, requested, slab, addressOf(item));
        }
    }

    /**
     * Takes a block from its type without putting it into a cache, and counts the free. For page runs, items of the reserve and armoured
     * blocks. The caller is inside a critical section.
     *
     * @param leftAs the owner bits of the block's tag from now on; 0 for a free block
     * @return false if the tag was not the type's, or another thread has changed it; nothing is counted
     */
    public static boolean unclaim(Slab slab, int item, long[] row, MallocTypeInternal type, int leftAs) {
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

    /** Counts a failed request in the type's statistics: the mask bit of its size class only, as in BSD. */
    private void countFailure(MallocTypeInternal type, int sizeClass) {
        Pcpu cpu;
        SlowPathPolicy watch;
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

    /** Records the time of the failure and returns 0 for an M_NOWAIT request. Throws KernelMapExhausted for an M_WAITOK request. */
    private long failed(long bytes, long flags) {
        if ((flags & M_NOWAIT) != 0) {
            return admission.none();
        }
        throw new KernelMapExhausted(BlockMessages.exhausted(bytes, uma.map().used()));
    }

    private long addressOf(int granule) {
        return base + Slab.offsetOf(granule);
    }
}
