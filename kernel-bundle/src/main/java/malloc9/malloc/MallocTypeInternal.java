package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import malloc9.pcpu.Cpus;
import org.jspecify.annotations.Nullable;

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

    /** The number of its first zone: where its set of zones begins. */
    final int zoneBase;

    /** What the operator has set for it. */
    final Bounds bounds;

    /** What it has drawn in advance from its owner's budget. */
    final Credit credit;

    final HighWater highWater;

    /** The row while the type is alive and not watched, else -1. Written under the registry's lock. */
    private volatile int liveRow;

    /** False once its owner stops. Written under the registry's lock. */
    private volatile boolean alive = true;

    /** Made when it is first watched, and kept. Written under the registry's lock. */
    private volatile @Nullable Watch made;

    /** The watch while it is watched. Written under the registry's lock. */
    private volatile @Nullable Watch watch;

    /** What its owner's segments are slices of. */
    private final MemorySegment everything;

    /** Descriptors that point here. Guarded by the registry's lock. */
    private final List<WeakReference<MallocType>> bound = new ArrayList<>();

    /** @param zoneBase the number of the first zone of its set */
    MallocTypeInternal(
            MallocTypes types,
            int row,
            String name,
            String description,
            Owner owner,
            int zoneBase,
            LongSupplier nanos) {
        this.types = types;
        this.tag = Tags.of(row);
        this.rawTag = Tags.rawOf(row);
        this.row = row;
        this.liveRow = row;
        this.name = name;
        this.description = description;
        this.owner = owner;
        this.zoneBase = zoneBase;
        this.bounds = new Bounds(() -> {}, nanos);
        this.credit = owner.newCredit();
        this.highWater = new HighWater(nanos);
        this.everything = owner.everything();
    }

    void bind(MallocType type) {
        if (type.handle(null, this)) {
            bound.add(new WeakReference<>(type));
        }
    }

    /** Whether blocks of it may change hands; asked inside a critical section. */
    boolean alive() {
        return alive;
    }

    /**
     * The row of its counters, or -1, which no row of counters has, if it is not {@link #alive()} or is watched: then
     * its requests take the slow path, and their row is {@link #rowUnder}.
     */
    int liveRow() {
        return liveRow;
    }

    /** Its watch, or null if it is not watched; asked inside a critical section, the answer holds to its end. */
    @Nullable
    Watch watch() {
        return watch;
    }

    /** The watch that was ever made, or null. */
    @Nullable
    Watch made() {
        return made;
    }

    /** The row that counts under a watch or none. */
    int rowUnder(@Nullable Watch watching) {
        return watching == null ? row : watching.row;
    }

    /** From now on all requests take the slow path; those that do not are waited for by who calls this. */
    void watchBy(Watch watching) {
        made = watching;
        watch = watching;
        liveRow = -1;
    }

    /** The fast path is open again. */
    void unwatch() {
        watch = null;
        liveRow = row;
    }

    /** Its counters, summed over the CPUs. */
    Counters counters(Cpus<?> cpus, SizeClasses classes) {
        long[] sums = cpus.sum(row);
        Watch watched = made;
        if (watched != null) {
            long[] more = cpus.sum(watched.row);
            sums[Counters.FAILED_MASK] |= more[Counters.FAILED_MASK];
            for (int column = 0; column < Counters.FAILED_MASK; column++) {
                sums[column] += more[column];
            }
        }
        Counters counters = new Counters(sums, classes);
        highWater.raise(counters.bytes(), counters.blocks());
        return counters;
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
        alive = false;
        liveRow = -1;
        bounds.budget.close();
        for (WeakReference<MallocType> reference : bound) {
            MallocType type = reference.get();
            if (type != null) {
                type.handle(this, null);
            }
        }
        bound.clear();
    }
}
