package malloc9.malloc.armour;

import static malloc9.api.MallocFlags.M_NODUMP;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import malloc9.api.InvalidFree;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.Level;
import malloc9.debug.Site;
import malloc9.debug.Sites;
import malloc9.debug.memguard.GuardRequest;
import malloc9.debug.memguard.GuardedBlock;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.block.Admission;
import malloc9.malloc.block.BlockParts;
import malloc9.malloc.block.PlainBlocks;
import malloc9.malloc.refusal.Refusals;
import malloc9.malloc.refusal.Verdict;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.TypeSections;
import malloc9.malloc.type.SlowPathPolicy;
import malloc9.malloc.type.KernelPolicy;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Uma;
import org.jspecify.annotations.Nullable;

/**
 * malloc and free of blocks that MemGuard guards: what the slow paths ask before they go on by themselves.
 *
 * <p>A guarded block counts as a page run of the bytes that the request is accounted with, so that statistics, limits and leak reports have
 * it; its size class counts as asked for, so that {@code vmstat -m} shows the size. Those of its segments are not slices of the owner's: the address that goes to the door of segments is marked by its sign, and
 * {@link MallocTypeInternal#view} asks MemGuard for the segment.
 *
 * <p>Differs from BSD: realloc that finds no guarded block goes on with ordinary malloc; an address inside a block is refused.
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
            BlockParts parts, MemGuard guard, KernelPolicy watches, Sites sites, Refusals refusals, DamageReports reports) {
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

    public boolean owns(long address) {
        return guard.owns(address);
    }

    /** Whether a request of a watched type is to have a guarded block. */
    public boolean wants(long bytes, MallocTypeInternal type) {
        return watches.level(type) == Level.G || guard.wants(bytes, type.name);
    }

    /** A guarded block, if the type is due for a sample: 0 if not, or there is none; or that the watch has changed. */
    public long sample(long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, boolean raw) {
        // MemGuard has no block of no bytes: the next request is the sample.
        if (bytes == 0 || !type.takeSample()) {
            return 0;
        }
        long address = allocate(bytes, type, watch, flags, raw, true);
        if (address == Admission.CHANGED) {
            type.sample(true);
        }
        return address;
    }

    /** A guarded block; 0 if there is none, or that the watch has changed. */
    public long allocate(
            long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, boolean raw, boolean sampled) {
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
        return raw ? block.address() : MemGuard.mark(block.address());
    }

    public void free(long address, MallocTypeInternal type, long viewBytes, String function) {
        free(locate(address, type, viewBytes, function), type, function, () -> {});
    }

    /**
     * Frees a block.
     *
     * @param last is run before the block's pages become a hole, while the block is this request's alone
     */
    public void free(GuardedBlock block, MallocTypeInternal type, String function, Runnable last) {
        // Before anything changes: it needs the Java heap.
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

    public long usableSize(long address, MallocTypeInternal type, long viewBytes) {
        return locate(address, type, viewBytes, "malloc_usable_size").bytes();
    }

    /** The error for contigfree of MemGuard's address, which guards no contiguous blocks. */
    public InvalidFree notContiguous(long address, MallocTypeInternal type, long viewBytes) {
        locate(address, type, viewBytes, "contigfree");
        return refusals.block("contigfree", Verdict.NOT_CONTIGUOUS, type, address, viewBytes);
    }

    /** The error for a segment whose scope has ended, if it was a guarded block's that was freed; else null. */
    @Nullable
    public InvalidFree stale(MemorySegment block, MallocTypeInternal type, String function) {
        GuardedBlock known = guard.find(block.address());
        return owns(block.address()) && (known == null || !known.isLeft())
                ? notLive(block.address(), type, block.byteSize(), function)
                : null;
    }

    /** The live blocks of a type, whose counters are at rest. */
    public List<GuardedBlock> live(int number) {
        return guard.live(number);
    }

    /** Ends the segments of a stopped owner's type; false if a native call still uses one. */
    public boolean revoke(int number) {
        return guard.revoke(live(number));
    }

    /** The live blocks of several types. */
    public List<GuardedBlock> live(BitSet numbers) {
        return guard.live().stream().filter(block -> numbers.get(block.owner())).toList();
    }

    /** Makes holes of the blocks of stopped owners' types, and returns their number; their scopes end behind this call. */
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

    /** Returns the damage beside a block that is about to be a hole; none without room on the Java heap for it. */
    private static List<Damage> look(GuardedBlock block, @Nullable Site site) {
        try {
            return block.slackDamage(site);
        } catch (OutOfMemoryError noHeap) {
            return List.of();
        }
    }

    /** Inside a critical section. */
    private static boolean takeBack(GuardedBlock block, MallocTypeInternal type, @Nullable SlowPathPolicy watch, Pcpu cpu) {
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

    private void finish(
            GuardedBlock block,
            MallocTypeInternal type,
            @Nullable SlowPathPolicy watch,
            boolean mine,
            Site site,
            String function) {
        if (!mine) {
            throw notLive(block.address(), type, PlainBlocks.NO_VIEW, function);
        }
        try {
            type.highWater.runFreed(block.accounted());
            guard.free(block, site);
        } finally {
            admission.freedGuarded(type, watch, block.bytes(), block.accounted(), block.address());
        }
    }

    /** The live block of that type that starts at the address; everything else is an error. */
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

    /** BSD knows only that there is no page at the address: a second free and the free of a made-up address have one error there. */
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
