package dev.malloc9.malloc.armour;

import static dev.malloc9.api.MallocFlags.M_NODUMP;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.debug.Site;
import dev.malloc9.debug.Sites;
import dev.malloc9.debug.memguard.GuardRequest;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.block.Admission;
import dev.malloc9.malloc.block.BlockParts;
import dev.malloc9.malloc.block.InternalFlags;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.refusal.Verdict;
import dev.malloc9.malloc.type.KernelPolicy;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Uma;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of blocks that MemGuard guards: malloc, free and realloc try it before they use other blocks.
 *
 * <p>A guarded block is counted as a page run of the bytes that the request is accounted with, so that statistics, limits and leak reports
 * include it. The mask bit of its size class is set as for a failed request, so that {@code vmstat -m} shows the size.
 *
 * <p>The segment of a guarded block is not a slice of its owner's segment. For a segment, the address is therefore marked by its sign, and
 * {@link MallocTypeInternal#view} gets the segment from MemGuard.
 *
 * <p>Differs from BSD: if realloc finds no guarded block, it uses ordinary malloc. An address inside a block is refused.
 */
public final class GuardedRequests {

    private final MemGuard guard;
    private final Uma uma;
    private final SizeClasses classes;
    private final TypeSections sections;
    private final Admission admission;
    private final KernelPolicy watches;
    private final Sites sites;
    private final Refusals refusals;
    private final DamageReports reports;

    public GuardedRequests(
            BlockParts parts,
            MemGuard guard,
            KernelPolicy watches,
            Sites sites,
            Refusals refusals,
            DamageReports reports) {
        this.uma = parts.uma();
        this.classes = parts.classes();
        this.sections = parts.sections();
        this.admission = parts.admission();
        this.guard = guard;
        this.watches = watches;
        this.sites = sites;
        this.refusals = refusals;
        this.reports = reports;
    }

    /** Returns whether an address lies in MemGuard's address space, whether or not a live block is there. */
    public boolean owns(long address) {
        return guard.owns(address);
    }

    /**
     * Returns whether a request should get a guarded block: by the level of its type, or by MemGuard's settings. Each call may draw a
     * random number and may change MemGuard's counters. Callers therefore make one call for each request.
     */
    public boolean wants(long bytes, MallocTypeInternal type) {
        return watches.level(type) == Level.G || guard.wants(bytes, type.name);
    }

    /**
     * Allocates a guarded block if the type is due for a sample. If MemGuard has no block, the sample is lost.
     *
     * @param flags the checked flags, with {@link InternalFlags}
     * @return the address, marked unless the block is handed out by address; 0 if no sample is due or MemGuard has no block;
     *     {@link Admission#CHANGED} if the type's policy has changed, and the sample stays due
     */
    public long sample(long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags) {
        // MemGuard has no blocks of 0 bytes: the sample stays due for the next request.
        if (bytes == 0 || !type.takeSample()) {
            return 0;
        }
        long address = allocate(bytes, type, watch, flags, true);
        if (address == Admission.CHANGED) {
            type.sample(true);
        }
        return address;
    }

    /**
     * Allocates a guarded block, and counts it under the policy that admitted the request, or none.
     *
     * @param flags the checked flags, with {@link InternalFlags}
     * @param sampled whether the block counts as a sample
     * @return the address, marked unless the block is handed out by address; 0 if MemGuard has no block; {@link Admission#CHANGED} if the
     *     type's policy has changed
     */
    public long allocate(
            long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, boolean sampled) {
        GuardedBlock block = guard.allocate(new GuardRequest(
                bytes,
                classes.accounted(bytes),
                (flags & M_NODUMP) == 0,
                sampled,
                type.number,
                type.name,
                type.owner.module(),
                sites.take()));
        if (block == null) {
            return 0;
        }
        int mask = bytes > classes.largest() ? 0 : classes.maskBit(classes.of(bytes));
        boolean done = false;
        try {
            Pcpu cpu = sections.enterUnder(type, watch, "malloc");
            if (cpu == null) {
                return Admission.CHANGED;
            }
            try {
                long[] row = TypeSections.counters(cpu, type, watch);
                block.handOut();
                row[Counters.RUN_ALLOCS]++;
                row[Counters.RUN_ALLOCATED] += block.accounted();
                row[Counters.FAILED_MASK] |= mask;
                done = true;
                if (type.record != null) {
                    type.record.allocated(cpu.number, block.accounted(), mask);
                }
            } finally {
                uma.leave(cpu);
            }
        } finally {
            if (!done) {
                guard.release(block);
            }
        }
        guard.handedOut(block);
        if (type.highWater.runAllocated(block.accounted())) {
            type.look();
        }
        return InternalFlags.isRaw(flags) ? block.address() : MemGuard.mark(block.address());
    }

    /**
     * Frees the block of a type that starts at the address, and reports the damage beside it. Throws as {@link #locate} and as
     * {@link #free(GuardedBlock, MallocTypeInternal, String, Runnable)}.
     */
    public void free(long address, MallocTypeInternal type, long viewBytes, String function) {
        free(locate(address, type, viewBytes, function), type, function, () -> {});
    }

    /**
     * Frees a block, and reports the damage beside it.
     *
     * @param last the last access to the block, run inside the critical section: the block is claimed, and its pages are not a hole yet
     * @throws InvalidFree if another thread has freed the block
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     * @throws dev.malloc9.api.BlockDamaged if damage was found and vm.redzone.panic is set; the block is free
     */
    public void free(GuardedBlock block, MallocTypeInternal type, String function, Runnable last) {
        // The call site allocates Java heap, so that it is captured before the first change.
        Site site = sites.take();
        while (true) {
            SlowPathPolicy watch = type.watch();
            Pcpu cpu = sections.enterUnder(type, watch, function);
            if (cpu != null) {
                boolean mine;
                List<Damage> damages;
                try {
                    mine = takeBack(block, type, watch, cpu);
                    if (mine) {
                        last.run();
                    }
                    damages = mine ? look(block, site) : List.of();
                } finally {
                    uma.leave(cpu);
                }
                finish(block, type, watch, mine, site, function);
                reports.reportAtFree(type, damages);
                return;
            }
        }
    }

    /** Returns the requested size in bytes of the block of a type that starts at the address. Throws as {@link #locate}. */
    public long usableSize(long address, MallocTypeInternal type, long viewBytes) {
        return locate(address, type, viewBytes, "malloc_usable_size").bytes();
    }

    /**
     * Returns the error for a contigfree of a guarded address: MemGuard guards no contiguous blocks.
     *
     * @throws InvalidFree if the address is not the start of a live block of the type
     */
    public InvalidFree notContiguous(long address, MallocTypeInternal type, long viewBytes) {
        locate(address, type, viewBytes, "contigfree");
        return refusals.block("contigfree", Verdict.NOT_CONTIGUOUS, type, address, viewBytes);
    }

    /**
     * Returns the error for a segment whose scope has ended, if its address is MemGuard's and no stopped owner left the block there; else
     * null. The error says whether a block was freed at that address.
     */
    @Nullable
    public InvalidFree stale(MemorySegment block, MallocTypeInternal type, String function) {
        GuardedBlock known = guard.find(block.address());
        return owns(block.address()) && (known == null || !known.isLeft())
                ? notLive(block.address(), type, block.byteSize(), function)
                : null;
    }

    /** Returns the live blocks of a type by its number; exact while no block of the type is allocated or freed. */
    public List<GuardedBlock> live(int number) {
        return guard.live(number);
    }

    /**
     * Ends the scopes of the live blocks of a stopped owner's type; returns false if a native call still uses one of their segments, or
     * another thread is ending a scope. Waits about 100 ms for each scope in use.
     */
    public boolean revoke(int number) {
        return guard.revoke(live(number));
    }

    /** Returns the live blocks of several types, by the types' numbers; exact while no block of these types is allocated or freed. */
    public List<GuardedBlock> live(BitSet numbers) {
        return guard.live().stream().filter(block -> numbers.get(block.owner())).toList();
    }

    /**
     * Takes back the live blocks of stopped owners' types, reports the damage beside them, and makes their pages holes. The scopes that are
     * still alive end later, on another thread; a sample becomes a hole only then.
     *
     * @param numbers the numbers of the types
     * @return the number of blocks that were taken back
     */
    public int release(BitSet numbers) {
        List<GuardedBlock> left = live(numbers);
        List<GuardedBlock> taken = new ArrayList<>(left.size());
        try {
            for (GuardedBlock block : left) {
                if (block.takeBack()) {
                    taken.add(block);
                    block.leave();
                    look(block, null).forEach(reports::report);
                }
            }
        } finally {
            guard.release(taken);
        }
        return taken.size();
    }

    /** Returns the damage beside a block whose pages are about to become a hole; an empty list if the Java heap is exhausted. */
    private static List<Damage> look(GuardedBlock block, @Nullable Site site) {
        try {
            return block.slackDamage(site);
        } catch (OutOfMemoryError noHeap) {
            return List.of();
        }
    }

    /**
     * Claims a block and counts its free; returns false if another thread has claimed the block. The caller is inside a critical section.
     */
    private static boolean takeBack(
            GuardedBlock block, MallocTypeInternal type, @Nullable SlowPathPolicy watch, Pcpu cpu) {
        long[] row = TypeSections.counters(cpu, type, watch);
        if (!block.takeBack()) {
            return false;
        }
        row[Counters.RUN_FREES]++;
        row[Counters.RUN_FREED] += block.accounted();
        if (type.record != null) {
            type.record.freed(cpu.number, block.accounted());
        }
        return true;
    }

    /** Completes a free outside the critical section. Throws an InvalidFree if the block was not claimed by this free. */
    private void finish(
            GuardedBlock block,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            boolean mine,
            Site site,
            String function) {
        if (!mine) {
            throw notLive(block.address(), type, Refusals.NO_VIEW, function);
        }
        try {
            type.highWater.runFreed(block.accounted());
            guard.free(block, site);
        } finally {
            admission.freedGuarded(type, watch, block.bytes(), block.accounted(), block.address());
        }
    }

    /**
     * Returns the live block of a type that starts at the address.
     *
     * @param viewBytes the length of the caller's view in bytes, or {@link Refusals#NO_VIEW}
     * @throws InvalidFree if there is no such block, or the view is longer than the requested size
     */
    public GuardedBlock locate(long address, MallocTypeInternal type, long viewBytes, String function) {
        GuardedBlock block = guard.find(address);
        if (block == null || !block.isLive()) {
            throw block != null && block.isLeft() && block.address() == address
                    ? refusals.block(function, Verdict.LEFT, type, address, viewBytes)
                    : notLive(address, type, viewBytes, function);
        }
        if (block.address() != address) {
            throw refusals.block(function, Verdict.INTERIOR, type, address, viewBytes);
        }
        if (block.owner() != type.number) {
            throw refusals.block(function, Verdict.OTHER_TYPE, type, address, viewBytes);
        }
        if (viewBytes > block.bytes()) {
            throw refusals.block(function, Verdict.LONGER_VIEW, type, address, viewBytes);
        }
        return block;
    }

    /**
     * Creates the error for an address at which no live block starts: FREE_ALREADY if a remembered block started there, else NOT_ALLOCATED.
     *
     * <p>BSD knows only that there is no page at the address, so that it has one error for both cases.
     */
    private InvalidFree notLive(long address, MallocTypeInternal type, long viewBytes, String function) {
        GuardedBlock block = guard.find(address);
        return refusals.block(
                function,
                block != null && block.address() == address ? Verdict.FREE_ALREADY : Verdict.NOT_ALLOCATED,
                type,
                address,
                viewBytes);
    }
}
