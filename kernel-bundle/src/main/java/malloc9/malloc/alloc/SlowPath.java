package malloc9.malloc.alloc;

import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import malloc9.debug.BlockRecord;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.Tags;
import malloc9.malloc.armour.CheckedBlocks;
import malloc9.malloc.armour.RedZoneSetup;
import malloc9.malloc.armour.GuardedRequests;
import malloc9.malloc.block.Admission;
import malloc9.malloc.block.FreeDiagnosis;
import malloc9.malloc.block.BlockParts;
import malloc9.malloc.block.PlainBlocks;
import malloc9.malloc.block.RequestCheck;
import malloc9.malloc.refusal.Refusals;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.TypeSections;
import malloc9.malloc.type.SlowPathPolicy;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The slow path is the way that every request can go: what {@link Allocator} falls back to when anything is not as usual.
 *
 * <p>A request is asked in turn: does its type's {@link SlowPathPolicy} admit it; is it MemGuard's ({@link GuardedRequests}); is its block to be armoured
 * ({@link CheckedBlocks}); else it is a plain one, an item or a page run. A free asks whose the address is in the same order.
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
public final class SlowPath {

    /** The errors for frees that are refused. */
    public final Refusals refusals;

    /** What can be wrong with a pointer. */
    final FreeDiagnosis blocks;

    /** What can be wrong with a request. */
    final RequestCheck requests;

    final Admission admission;
    final PlainBlocks plain;

    /** Those of level I. */
    final CheckedBlocks armoured;

    /** Requests that MemGuard serves. */
    final GuardedRequests guarded;

    final TypeSections sections;

    private final Uma uma;
    private final SizeClasses classes;
    private final long base;
    private final MemorySegment range;

    public SlowPath(
            BlockParts parts,
            RequestCheck requests,
            Refusals refusals,
            PlainBlocks plain,
            CheckedBlocks armoured,
            GuardedRequests guarded) {
        this.uma = parts.uma();
        this.classes = parts.classes();
        this.sections = parts.sections();
        this.admission = parts.admission();
        this.blocks = parts.blocks();
        this.requests = requests;
        this.refusals = refusals;
        this.plain = plain;
        this.armoured = armoured;
        this.guarded = guarded;
        this.base = uma.map().base();
        this.range = MemorySegment.ofAddress(base).reinterpret(uma.map().size());
    }

    /** Allocates by the way that every request can go. */
    long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        StackRoom.forRequest();
        RequestCheck.checkFlags(flags, "malloc");
        requests.checkSize(bytes, type, "malloc");
        type.types.fence(type, "malloc");
        // Without a lambda, which would be garbage for each bucket.
        long address = type.watch() == null ? allocate(bytes, type, null, flags, raw) : Admission.CHANGED;
        if (address != Admission.CHANGED) {
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
        long address = admission.under(type, bytes, classes.accounted(bytes), flags, false, watch -> {
            long given = guarded.allocate(bytes, type, watch, flags, raw, sampled);
            return given == 0 ? Admission.UNGUARDED : given;
        });
        return address == Admission.UNGUARDED ? mallocUnguarded(bytes, type, flags, raw, true) : address;
    }

    /** @param again whether the request was admitted before */
    private long mallocUnguarded(long bytes, MallocTypeInternal type, long flags, boolean raw, boolean again) {
        RedZoneSetup coat = armoured.coat(bytes, type, flags);
        if (coat != null) {
            try {
                return mallocIn(coat, bytes, type, flags, raw, again);
            } catch (OutOfMemoryError noRecord) {
                // Unfortunate but not fatal: the block is a plain one.
            }
        }
        return admission.under(
                type,
                bytes,
                classes.accounted(bytes),
                flags,
                again || coat != null,
                watch -> allocate(bytes, type, watch, flags, raw));
    }

    private long mallocIn(RedZoneSetup coat, long bytes, MallocTypeInternal type, long flags, boolean raw, boolean again) {
        try {
            return admission.under(
                    type,
                    bytes,
                    classes.accounted(coat.rawBytes),
                    flags,
                    again,
                    watch -> coat.block(plain.allocate(coat.rawBytes, type, watch, flags & ~M_ZERO, raw, coat)));
        } finally {
            armoured.report(coat);
        }
    }

    /** Allocates for a type under that watch, or none; what is due for a sample is MemGuard's. */
    private long allocate(long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, boolean raw) {
        long address = guarded.sample(bytes, type, watch, flags, raw);
        return address != 0 ? address : plain.allocate(bytes, type, watch, flags, raw, null);
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
        plain.free(address, type, viewBytes);
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
        requests.checkSize(bytes);
        return classes.accounted(bytes);
    }
}
