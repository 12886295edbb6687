package dev.malloc9.malloc.type;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.trace.Trace;
import dev.malloc9.trace.Trace.Operation;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;

/**
 * The caller of the two probes of memory types, malloc and free. A type whose probe is on has a policy, so that all its requests take the
 * slow path and reach this class.
 *
 * <p>Differs from BSD: a probe fires outside the critical section, after the operation has completed. Guarded blocks fire probes, and
 * failed requests fire none. The number of recorded events therefore agrees with the statistics. Exceptions are events that are lost for
 * lack of memory or stack, and blocks that the stop of a module takes back.
 */
public final class TypeProbes {

    private final Trace trace;
    private final Uma uma;
    private final SizeClasses classes;

    public TypeProbes(Trace trace, Uma uma, SizeClasses classes) {
        this.trace = trace;
        this.uma = uma;
        this.classes = classes;
    }

    /**
     * Fires the malloc probe for a request that has received a block of any kind. No effect if the probe is off.
     *
     * @param requested the requested size in bytes
     * @param accounted the accounted size in bytes
     * @param address the address of the block, without the mark of a guarded block
     */
    public void allocated(MallocTypeInternal type, long requested, long accounted, long address) {
        if (trace.wants(type.title)) {
            long offset = address - uma.map().base();
            boolean guarded = Long.compareUnsigned(offset, uma.map().size()) >= 0;
            Slab slab = guarded ? null : uma.slabs().find(Slab.granuleOf(offset));
            fire(true, type, requested, accounted, slab == null ? classOf(requested) : classOf(slab), address);
        }
    }

    /**
     * Fires the free probe for a block of the kernel map. No effect if the probe is off.
     *
     * @param requested the size that the caller knows in bytes, or {@link Trace#UNKNOWN}
     */
    public void freed(MallocTypeInternal type, long requested, Slab slab, long address) {
        if (trace.wants(type.title)) {
            fire(false, type, requested, slab.itemBytes, classOf(slab), address);
        }
    }

    /**
     * Fires the free probe for a guarded block. No effect if the probe is off.
     *
     * @param requested the requested size of the block in bytes
     * @param accounted the accounted size in bytes
     */
    public void freedGuarded(MallocTypeInternal type, long requested, long accounted, long address) {
        if (trace.wants(type.title)) {
            fire(false, type, requested, accounted, classOf(requested), address);
        }
    }

    /** Fires a probe for memory that another allocator has allocated or freed. The event has no size class, and the address 0. */
    void elsewhere(MallocTypeInternal type, long bytes, boolean freed) {
        if (trace.wants(type.title)) {
            fire(!freed, type, bytes, bytes, Trace.NO_CLASS, 0);
        }
    }

    /** Returns the size class of a request, or {@link Trace#NO_CLASS} if it is larger than the largest class. */
    private int classOf(long requested) {
        return requested > classes.largest() ? Trace.NO_CLASS : classes.of(requested);
    }

    /** Returns the size class of a slab's items, or {@link Trace#NO_CLASS} for a page run. */
    private static int classOf(Slab slab) {
        return slab.zone == Slab.PAGE_RUN ? Trace.NO_CLASS : slab.sizeClass;
    }

    /** Fires a probe. If memory or stack is exhausted, the event is lost. */
    private void fire(
            boolean malloc, MallocTypeInternal type, long requested, long accounted, int classIndex, long address) {
        try {
            Operation operation =
                    new Operation(type.title, type.owner.title(), requested, accounted, classIndex, address);
            if (malloc) {
                trace.malloc(operation);
            } else {
                trace.free(operation);
            }
        } catch (OutOfMemoryError | StackOverflowError lost) {
            // The block has changed hands already. Losing an event is preferred to an error that leaves the caller
            // without its block.
        }
    }
}
