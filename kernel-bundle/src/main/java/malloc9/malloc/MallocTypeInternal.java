package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;

/**
 * A registered type: the kernel's side of a {@link MallocType} (struct malloc_type_internal).
 *
 * <p>The descriptors that drivers hold point here while the type is registered ({@code handle}), and nowhere
 * afterwards.
 */
final class MallocTypeInternal {

    /** The registry, one a kernel: tells a type of another kernel. */
    final MallocTypes types;

    /** What the tags of its blocks say. */
    final short tag;

    /** What the tags of its blocks say that were handed out by address. */
    final short rawTag;

    /** The row of its counters, and its number. */
    final int row;

    final String name;
    final String description;
    final Owner owner;

    /** The row while the type is alive, -1 once its owner stops. Written under the registry's lock. */
    private volatile int liveRow;

    /** What its owner's segments are slices of. */
    private final MemorySegment everything;

    /** Descriptors that point here. Guarded by the registry's lock. */
    private final List<WeakReference<MallocType>> bound = new ArrayList<>();

    MallocTypeInternal(MallocTypes types, int row, String name, String description, Owner owner) {
        this.types = types;
        this.tag = Tags.of(row);
        this.rawTag = Tags.rawOf(row);
        this.row = row;
        this.liveRow = row;
        this.name = name;
        this.description = description;
        this.owner = owner;
        this.everything = owner.everything();
    }

    void bind(MallocType type) {
        if (type.handle(null, this)) {
            bound.add(new WeakReference<>(type));
        }
    }

    /** Whether blocks of it may change hands; asked inside a critical section. */
    boolean alive() {
        return liveRow >= 0;
    }

    /** The row of its counters, or -1, which no row of counters has, if it is not {@link #alive()}. */
    int liveRow() {
        return liveRow;
    }

    /** A segment over a block, alive as long as the owner; no cleanup action, no garbage once its use is inlined. */
    MemorySegment view(long address, long bytes) {
        return everything.asSlice(address, bytes);
    }

    /** The error for who comes too late. */
    UnregisteredType unregistered(String function) {
        return new UnregisteredType(Messages.unregistered(function, name, owner.module() + " has stopped"));
    }

    /** From now on no block changes hands, and the drivers' descriptors mean nothing. */
    void retire() {
        liveRow = -1;
        for (WeakReference<MallocType> reference : bound) {
            MallocType type = reference.get();
            if (type != null) {
                type.handle(this, null);
            }
        }
        bound.clear();
    }
}
