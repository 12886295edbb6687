package dev.malloc9.malloc.alloc;

import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.debug.BlockRecord;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.armour.CheckedBlocks;
import dev.malloc9.malloc.armour.GuardedRequests;
import dev.malloc9.malloc.armour.RedZoneSetup;
import dev.malloc9.malloc.block.Admission;
import dev.malloc9.malloc.block.BlockParts;
import dev.malloc9.malloc.block.FreeDiagnosis;
import dev.malloc9.malloc.block.InternalFlags;
import dev.malloc9.malloc.block.PlainBlocks;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The slow path of malloc(9): handles every request that the fast path of {@link Allocator} cannot serve.
 *
 * <p>malloc tries, in this order: MemGuard ({@link GuardedRequests}); a block with red zones ({@link CheckedBlocks}); a plain item or page
 * run ({@link PlainBlocks}). Each attempt must first be admitted by the type's {@link SlowPathPolicy}, if it has one. free looks the
 * address up in the same order.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: no mutable state of its own.
 *   <li>Concurrency: each step that changes a block or a counter is one critical section, entered under the policy that admitted the
 *       request. If the policy has changed by then, the request starts again.
 *   <li>Invariants: an admitted request that fails is refunded. A block that cannot be handed out is freed.
 *   <li>Cost: about 100 ns. If no type has a policy, about one request in n/2 takes the slow path, where n is the capacity of a CPU's
 *       cache.
 *   <li>Differs from BSD: features that FreeBSD selects at compile time are selected here at run time.
 * </ul>
 */
public final class SlowPath {

    /** The factory that creates and reports the errors of refused frees. */
    public final Refusals refusals;

    /** The check of an address: finds the live block that starts there, or reports the error. */
    final FreeDiagnosis blocks;

    /** The check of a request's flags, size and alignment. */
    final RequestCheck requests;

    final Admission admission;
    final PlainBlocks plain;

    /** The allocator of blocks with red zones: level I, and level G if MemGuard has no block. */
    final CheckedBlocks armoured;

    /** The requests that MemGuard serves. */
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

    /**
     * Allocates a block of any size, for a type with or without a policy; returns 0 only with M_NOWAIT. The address of a guarded block is
     * marked unless {@code raw} is set.
     *
     * @throws dev.malloc9.api.InvalidRequest if the flags or the size are invalid, or an M_WAITOK request exceeds a hard limit
     * @throws dev.malloc9.api.KernelMapExhausted if an M_WAITOK request finds no memory after all waits
     * @throws dev.malloc9.api.InterruptedRequest if the thread is interrupted while it waits
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     * @throws dev.malloc9.api.raw.GuardHit if a fault of an earlier access of the thread is pending
     */
    long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        StackRoom.forRequest();
        RequestCheck.checkFlags(flags, "malloc");
        requests.checkSize(bytes, type, "malloc");
        type.types.fence(type, "malloc");
        long request = InternalFlags.of(flags, raw);
        // The path without a policy uses no lambda, which would be garbage at each exchange of a bucket.
        long address = type.watch() == null ? allocate(bytes, type, null, request) : Admission.CHANGED;
        if (address != Admission.CHANGED) {
            return address;
        }
        return guarded.wants(bytes, type)
                ? mallocGuarded(bytes, type, request, false)
                : mallocUnguarded(bytes, type, request, false);
    }

    /**
     * Allocates a guarded block. If MemGuard has none, allocates the block that the request would get without MemGuard.
     *
     * @param flags the checked flags, with {@link InternalFlags}
     * @param sampled whether a guarded block counts as a sample
     */
    long mallocGuarded(long bytes, MallocTypeInternal type, long flags, boolean sampled) {
        long address = admission.under(type, bytes, classes.accounted(bytes), flags, false, watch -> {
            long given = guarded.allocate(bytes, type, watch, flags, sampled);
            return given == 0 ? Admission.UNGUARDED : given;
        });
        return address == Admission.UNGUARDED ? mallocUnguarded(bytes, type, flags, true) : address;
    }

    /**
     * Allocates a block with red zones if {@link CheckedBlocks#coat} returns a set-up and the Java heap has room for the record. Otherwise
     * allocates a block without red zones, which may be a sample.
     *
     * @param again whether the request was admitted before, for an attempt that did not serve it
     */
    private long mallocUnguarded(long bytes, MallocTypeInternal type, long flags, boolean again) {
        RedZoneSetup coat = armoured.coat(bytes, type, flags);
        if (coat != null) {
            try {
                return mallocIn(coat, bytes, type, flags, again);
            } catch (OutOfMemoryError noRecord) {
                // The Java heap has no room for the record or another object of the block: the request gets a plain
                // block.
            }
        }
        return admission.under(
                type,
                bytes,
                classes.accounted(bytes),
                flags,
                again || coat != null,
                watch -> allocate(bytes, type, watch, flags));
    }

    /** Allocates a block with red zones, and reports the damage that was found in its item before. */
    private long mallocIn(RedZoneSetup coat, long bytes, MallocTypeInternal type, long flags, boolean again) {
        try {
            return admission.under(
                    type,
                    bytes,
                    classes.accounted(coat.rawBytes),
                    flags,
                    again,
                    watch -> coat.block(plain.allocate(coat.rawBytes, type, watch, flags & ~M_ZERO, coat)));
        } finally {
            armoured.report(coat);
        }
    }

    /**
     * Allocates a block without red zones, under a policy or none. If the type is due for a sample, MemGuard allocates the block if it can.
     *
     * @return the address, marked if the block is guarded and not handed out by address; 0 if an M_NOWAIT request finds no memory; or
     *     {@link Admission#CHANGED}
     */
    private long allocate(long bytes, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags) {
        long address = guarded.sample(bytes, type, watch, flags);
        return address != 0 ? address : plain.allocate(bytes, type, watch, flags, null);
    }

    /**
     * Frees a block of any kind: guarded, with red zones, or plain.
     *
     * @throws dev.malloc9.api.InvalidFree if no live block of the type starts at the address, or the view is longer than the block
     * @throws dev.malloc9.api.BlockDamaged if damage was found and vm.redzone.panic is set; the block is free
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     * @throws dev.malloc9.api.raw.GuardHit if a fault of an earlier access of the thread is pending
     */
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

    /**
     * Zeroes a plain block to the end of its size class or page run, and frees it. Frees a guarded or armoured block without zeroing.
     * Throws as {@link #free}.
     */
    void zfree(long address, MallocTypeInternal type, long viewBytes) {
        StackRoom.forRequests();
        type.types.fence(type, "zfree");
        if (guarded.owns(address)) {
            // No zeroing is needed: the block's pages become a hole. The pages of a sample become a hole once its scope
            // has ended.
            guarded.free(address, type, viewBytes, "zfree");
            return;
        }
        // The free fills an armoured block with trash, or returns its memory to the OS if it is a page run larger than
        // the quarantine.
        if (armoured.free(address, type, viewBytes, "zfree")) {
            return;
        }
        Slab slab = blocks.locate(address, type, viewBytes, "zfree");
        int item = Slab.granuleOf(address - base);
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

    /**
     * Returns the usable size of a block in bytes: the requested size of a guarded or armoured block, else the size class or page run.
     * Throws {@code InvalidFree} and {@code UnregisteredType} as {@link #free}.
     */
    long usableSize(long address, MallocTypeInternal type, long viewBytes) {
        if (guarded.owns(address)) {
            return guarded.usableSize(address, type, viewBytes);
        }
        BlockRecord record = blocks.noted(address);
        long itemBytes = blocks.locate(address, type, viewBytes, "malloc_usable_size").itemBytes;
        return record == null ? itemBytes : record.bytes;
    }

    /**
     * Returns the usable size in bytes that a plain block for a request of this size would have.
     *
     * @throws dev.malloc9.api.InvalidRequest if the size is negative or above the size of the kernel map
     */
    long mallocSize(long bytes) {
        requests.checkSize(bytes);
        return classes.accounted(bytes);
    }
}
