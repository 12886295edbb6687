package malloc9.malloc.type;

import malloc9.malloc.account.SizeClasses;
import malloc9.trace.Trace;
import malloc9.trace.Trace.Operation;
import malloc9.uma.Slab;
import malloc9.uma.Uma;

/**
 * Fires the two probes of watched types: a type whose probe is on is watched, so that all its requests come by here.
 *
 * <p>Differs from BSD: a probe fires outside of the critical section, after what it tells of is done; guarded blocks have probes, and
 * failures have none, so that a recording counts as the statistics do.
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

    /** A request has got its block, or a guarded one. */
    public void allocated(MallocTypeInternal type, long requested, long accounted, long address) {
        if (trace.wants(type.title)) {
            long offset = address - uma.map().base();
            boolean guarded = Long.compareUnsigned(offset, uma.map().size()) >= 0;
            Slab slab = guarded ? null : uma.slabs().find((int) (offset >>> Slab.GRANULE_SHIFT));
            fire(true, type, requested, accounted, slab == null ? classOf(requested) : classOf(slab), address);
        }
    }

    /** A block was given back. */
    public void freed(MallocTypeInternal type, long requested, Slab slab, long address) {
        if (trace.wants(type.title)) {
            fire(false, type, requested, slab.itemBytes, classOf(slab), address);
        }
    }

    /** A guarded block was given back. */
    public void freedGuarded(MallocTypeInternal type, long requested, long accounted, long address) {
        if (trace.wants(type.title)) {
            fire(false, type, requested, accounted, classOf(requested), address);
        }
    }

    /** Another allocator has handed memory out, or taken it back. */
    void elsewhere(MallocTypeInternal type, long bytes, boolean freed) {
        if (trace.wants(type.title)) {
            fire(!freed, type, bytes, bytes, Trace.NO_CLASS, 0);
        }
    }

    private int classOf(long requested) {
        return requested > classes.largest() ? Trace.NO_CLASS : classes.of(requested);
    }

    private static int classOf(Slab slab) {
        return slab.zone == Slab.PAGE_RUN ? Trace.NO_CLASS : slab.sizeClass;
    }

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
            // The block has changed hands: better an event too few than a caller who does not know.
        }
    }
}
