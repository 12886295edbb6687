package malloc9.malloc.type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.MemorySegment.Scope;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import malloc9.api.kernel.TypeRecords;
import malloc9.api.runtime.TypeFigures;
import malloc9.malloc.account.Limits;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.Reservation;
import malloc9.malloc.account.HighWater;
import malloc9.malloc.account.Rows;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.Tags;
import malloc9.malloc.account.ZoneCounts;
import malloc9.malloc.statsfile.TypeRecord;
import malloc9.uma.Slab;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * A registered type: the kernel's side of a {@link MallocType} (struct malloc_type_internal).
 *
 * <p>The descriptors that drivers hold point here while the type is registered ({@code handle}), and nowhere
 * afterwards.
 */
public final class MallocTypeInternal implements TagOwner {

    /** No tag without {@link Tags#RAW} says so; 0 would be the tag of a free item at a multiple of 1 MiB. */
    private static final int CLOSED = -1;

    /** The registry, one a kernel: tells a type of another kernel. */
    public final MallocTypes types;

    /** What the tags of its blocks say. */
    public final int number;

    public final String name;

    /** The name as probes show it. */
    public final String title;

    public final String description;
    public final Owner owner;

    /** The number of its first zone: where its set of zones begins. Written under the lock of {@link KernelPolicy}. */
    private volatile int zoneBase;

    /** What the operator has set for it. */
    public final Limits limits;

    /** What it has drawn in advance from its owner's budget. */
    final Reservation reservation;

    public final HighWater highWater;

    /** Its place in the statistics file, or null; while it has one, it is never on the fast path, which does not know it. */
    public final @Nullable TypeRecord record;

    private final SizeClasses classes;

    /** The counters while it is not watched. Added to under lock. */
    private long[] @Nullable [] rows = Rows.NONE;

    /** The watch while it is watched. Written under lock. */
    private volatile @Nullable SlowPathPolicy watch;

    /** The watch that was made when it was first watched. Written under lock. */
    private volatile @Nullable SlowPathPolicy made;

    /** Whether its owner has not begun to stop. Written under the registry's lock and lock. */
    private volatile boolean alive = true;

    /** Whether a drain is at work. Guarded by lock. */
    private boolean paused;

    /** Whether its next request is to be a sample of MemGuard's. Written under lock. */
    private volatile boolean sampling;

    /** Whether another allocator has ever counted here. */
    private volatile boolean accountsForOthers;

    /** Its allocations when the sampler last looked, who alone uses it. */
    private long seen;

    private final KernelLock lock = new KernelLock();

    /** What its owner's segments are slices of. */
    private final MemorySegment everything;

    /** The counts of items of zones beyond the first set. */
    public final ZoneCounts zoneCounts;

    /** Theirs, alive as long as the owner. */
    public final Scope scope;

    /** Descriptors that point here. Guarded by the registry's lock. */
    private final List<WeakReference<MallocType>> bound = new ArrayList<>();

    /**
     * The identity of a type.
     *
     * @param number the number that the tags of its blocks carry
     */
    record Identity(int number, String name, String description, Owner owner) {}

    /** @param zoneBase the number of the first zone of its set */
    MallocTypeInternal(
            MallocTypes types, Identity identity, SizeClasses classes, int zoneBase, @Nullable TypeRecord record) {
        LongSupplier nanos = System::nanoTime;
        this.types = types;
        this.number = identity.number;
        this.name = identity.name;
        this.title = TypeMessages.printable(name);
        this.description = identity.description;
        this.owner = identity.owner;
        this.classes = classes;
        this.zoneBase = zoneBase;
        this.zoneCounts = new ZoneCounts(classes);
        this.record = record;
        this.limits = new Limits(() -> {}, nanos);
        this.reservation = owner.newReservation();
        this.highWater = new HighWater(nanos);
        this.everything = owner.everything();
        this.scope = everything.scope();
    }

    /** The number of its first zone: where its set of zones begins. */
    public int zoneBase() {
        return zoneBase;
    }

    /** From now on it allocates from another set; blocks go back to where they are from. */
    public void zoneBase(int firstZone) {
        zoneBase = firstZone;
    }

    public void bind(MallocType type) {
        if (TypeRecords.get().replace(type, null, this)) {
            bound.add(new WeakReference<>(type));
        }
    }

    /** Whether blocks of it may change hands; asked inside a critical section. */
    public boolean alive() {
        return alive;
    }

    /** A CPU's counters while the type is not watched, or null if it has none yet. */
    public long @Nullable [] row(int cpu) {
        return Rows.row(rows, cpu);
    }

    /** Its watch, or null if it is not watched; asked inside a critical section, the answer holds to its end. */
    @Nullable
    public SlowPathPolicy watch() {
        return watch;
    }

    /** A CPU's counters under that watch or none, or null if it has none yet. */
    public long @Nullable [] row(int cpu, @Nullable SlowPathPolicy watching) {
        return Rows.row(watching == null ? rows : watching.rows, cpu);
    }

    /** Gives a CPU its counters under that watch or none, before they are first used. */
    void addRow(int cpu, @Nullable SlowPathPolicy watching) {
        lock.lock();
        try {
            if (watching == null) {
                rows = Rows.with(rows, cpu, gate());
            } else {
                watching.rows = Rows.with(watching.rows, cpu, CLOSED);
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on all requests take the slow path; those that do not are waited for by who calls this. */
    public void watch(KernelPolicy kernel) {
        lock.lock();
        try {
            SlowPathPolicy watching = made == null ? new SlowPathPolicy(this, kernel) : made;
            made = watching;
            watch = watching;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /** The fast path is open again. */
    void unwatch() {
        lock.lock();
        try {
            watch = null;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /** What all CPUs counted; a look at the high-water marks too. */
    public Counters counters() {
        Counters counters = sum(made);
        highWater.raise(counters.bytes(), counters.blocks());
        return counters;
    }

    /** What the CPUs of each record counted ({@link malloc9.pcpu.CpuRecords}); records at the end of which none counted are left out. */
    public Counters[] countersByCpu() {
        SlowPathPolicy watching = made;
        lock.lock();
        try {
            return Counters.byCpu(classes, rows, rowsUnder(watching));
        } finally {
            lock.unlock();
        }
    }

    /** A look at the high-water marks alone, without garbage. */
    public void look() {
        lock.lock();
        try {
            SlowPathPolicy watching = made;
            long[] @Nullable [] watched = rowsUnder(watching);
            highWater.raise(Counters.bytes(classes, rows, watched), Counters.blocks(classes, rows, watched));
        } finally {
            lock.unlock();
        }
    }

    /** Tells what all CPUs counted: rows are published whole and never taken away, so that a reader needs no lock. */
    public void tell(TypeFigures consumer) {
        SlowPathPolicy watching = made;
        Counters.tell(name, classes, rows, rowsUnder(watching), consumer);
    }

    /** What all CPUs counted while it was not watched. */
    Counters unwatchedCounters() {
        return sum(null);
    }

    private Counters sum(@Nullable SlowPathPolicy watching) {
        lock.lock();
        try {
            return Counters.sum(classes, rows, rowsUnder(watching));
        } finally {
            lock.unlock();
        }
    }

    private static long[] @Nullable [] rowsUnder(@Nullable SlowPathPolicy watching) {
        return watching == null ? Rows.NONE : watching.rows;
    }

    /** A segment over a block, alive as long as the owner; no cleanup action, no garbage once its use is inlined. */
    public MemorySegment view(long address, long bytes) {
        try {
            return everything.asSlice(address, bytes);
        } catch (IndexOutOfBoundsException guarded) {
            // The JDK's own test finds the mark of a guarded block: one of ours would be 60 bytes more in each caller.
            return types.guard.view(address, bytes);
        }
    }

    /** Sends the next request the slow way, to be sampled there, or does so no more. */
    public void sample(boolean wanted) {
        lock.lock();
        try {
            sampling = wanted;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has allocated since this was last asked, by the sampler. */
    public boolean hasAllocated() {
        long before = seen;
        seen = counters().allocs();
        return seen != before;
    }

    /** Another allocator is about to count here. */
    void accountForOthers() {
        accountsForOthers = true;
    }

    /** Whether its counters are in part another allocator's word. */
    public boolean accountsForOthers() {
        return accountsForOthers;
    }

    /** Whether a request is the one to be sampled; only one is told so. */
    public boolean takeSample() {
        if (!sampling) {
            return false;
        }
        lock.lock();
        try {
            boolean taken = sampling;
            sampling = false;
            setGate();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** The error for who comes too late. */
    public UnregisteredType unregistered(String function) {
        return new UnregisteredType(TypeMessages.unregistered(function, name, owner.module() + " has stopped"));
    }

    @Override
    public QualifiedName qualifiedName() {
        return new QualifiedName(owner.module(), name);
    }

    @Override
    public boolean owns(Slab slab) {
        return false;
    }

    @Override
    public void pause() {
        lock.lock();
        try {
            paused = true;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            paused = false;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /** From now on no block changes hands, and the drivers' descriptors mean nothing. */
    void retire() {
        lock.lock();
        try {
            alive = false;
            setGate();
        } finally {
            lock.unlock();
        }
        limits.quota.close();
        for (WeakReference<MallocType> reference : bound) {
            MallocType type = reference.get();
            if (type != null) {
                TypeRecords.get().replace(type, this, null);
            }
        }
        bound.clear();
    }

    /**
     * Its number while blocks of it may change hands without being looked at, {@link #CLOSED} during a drain, while it is watched or recorded,
     * before a sample, and once its owner stops. Each row has a copy, which a critical section looks at; those are written under lock.
     */
    public int gate() {
        return alive && !paused && !sampling && watch == null && record == null ? number : CLOSED;
    }

    private void setGate() {
        Rows.setGate(rows, gate());
    }
}
