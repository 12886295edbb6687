package dev.malloc9.malloc.type;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.kernel.TypeRecords;
import dev.malloc9.api.runtime.TypeFigures;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.HighWater;
import dev.malloc9.malloc.account.Limits;
import dev.malloc9.malloc.account.Reservation;
import dev.malloc9.malloc.account.Rows;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.account.ZoneCounts;
import dev.malloc9.malloc.statsfile.TypeRecord;
import dev.malloc9.uma.Slab;
import dev.malloc9.vm.KernelLock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.MemorySegment.Scope;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A registered memory type: the kernel's counterpart of a {@link MallocType} descriptor (struct malloc_type_internal).
 *
 * <p>While the type is registered, the {@code handle} of each bound descriptor refers to this object. Retirement clears these handles.
 */
public final class MallocTypeInternal implements TagOwner {

    /**
     * The gate value that sends every request to the slow path. The fast path tests the sign of the gate. The number of a type stays
     * positive when the bit {@link Tags#RAW} is added.
     */
    private static final int CLOSED = -1;

    /** The registry that the type belongs to. There is one registry per kernel, so that a type of another kernel is recognized. */
    public final MallocTypes types;

    /** The number in the tags of the type's blocks. */
    public final int number;

    public final String name;

    /** The name in printable form, as probes show it. */
    public final String title;

    public final String description;
    public final Owner owner;

    /** The number of the type's first zone, where the type's set of zones begins. Written under the lock of {@link KernelPolicy}. */
    private volatile int zoneBase;

    /** The type's limits, failure injection and level, as the operator has set them. */
    public final Limits limits;

    /** The type's advance share of its owner's quota. */
    final Reservation reservation;

    public final HighWater highWater;

    /**
     * The type's record in the statistics file, or null. The fast path does not update the record: the gate of a type with a record is
     * always closed.
     */
    public final @Nullable TypeRecord record;

    private final SizeClasses classes;

    /**
     * The counters of the requests without a policy, by CPU. Replaced under {@code lock}; the fast path reads the field without the lock.
     */
    private long[] @Nullable [] rows = Rows.NONE;

    /** The active policy, or null if the type has none. Written under {@code lock}. */
    private volatile @Nullable SlowPathPolicy watch;

    /**
     * The policy object, which is created at the type's first {@link #watch(KernelPolicy)} and kept; null before. The object stays when the
     * policy ends, because its counters remain part of the type's sums. Written under {@code lock}.
     */
    private volatile @Nullable SlowPathPolicy made;

    /** True until the stop of the owner or of the kernel retires the type. Written under the registry's lock and {@code lock}. */
    private volatile boolean alive = true;

    /**
     * True from {@link #pause()} to {@link #resume()}: during a drain, or during the handshakes of a stop in a crowd of threads. Guarded by
     * {@code lock}.
     */
    private boolean paused;

    /** True while a sample of MemGuard is due, which one of the type's next requests takes. Written under {@code lock}. */
    private volatile boolean sampling;

    /** True once another allocator has accounted memory to this type. Never reset. */
    private volatile boolean accountsForOthers;

    /** The number of allocations at the sampler's last inspection. Used only by {@link #hasAllocated()}. */
    private long seen;

    private final KernelLock lock = new KernelLock();

    /**
     * The segment over all memory, with the owner's scope. The segments of the type's blocks are slices of it, except the segments of
     * guarded blocks.
     */
    private final MemorySegment everything;

    /** The counts of the items from zones of the second and later sets ({@code ZoneSets}). */
    public final ZoneCounts zoneCounts;

    /** The scope of the type's segments, except the segments of guarded blocks; alive until the owner is revoked. */
    public final Scope scope;

    /** The descriptors whose handles refer to this object. Guarded by the registry's lock. */
    private final List<WeakReference<MallocType>> bound = new ArrayList<>();

    /**
     * The identity of a type.
     *
     * @param number the number in the tags of the type's blocks
     * @param name the name as declared
     * @param description the description; empty if the descriptor has none
     * @param owner the owner of the type
     */
    record Identity(int number, String name, String description, Owner owner) {}

    /**
     * Creates a type that is alive and has no policy.
     *
     * @param zoneBase the number of the first zone of the type's set
     * @param record the record in the statistics file; null if there is none
     */
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

    /** Returns the number of the type's first zone, where the type's set of zones begins. */
    public int zoneBase() {
        return zoneBase;
    }

    /**
     * Moves the type to another set of zones. The slow path allocates from the new set at once. The fast path uses the first set until the
     * type's gate is closed. A block is still freed into the zone that it was allocated from. The caller holds the lock of {@link
     * KernelPolicy}.
     *
     * @param firstZone the number of the first zone of the new set
     */
    public void zoneBase(int firstZone) {
        zoneBase = firstZone;
    }

    /** Sets the handle of a descriptor to this object if the handle is null. The caller holds the registry's lock. */
    public void bind(MallocType type) {
        if (TypeRecords.get().replace(type, null, this)) {
            bound.add(new WeakReference<>(type));
        }
    }

    /**
     * Returns false once the type is retired. If a critical section reads true, it may allocate or free a block of the type: the stop of
     * the owner waits for the section. If the section does not end, the stop does not take the blocks back.
     */
    public boolean alive() {
        return alive;
    }

    /** Returns a CPU's counters of the requests without a policy, or null if the CPU has none yet. */
    public long @Nullable [] row(int cpu) {
        return Rows.row(rows, cpu);
    }

    /**
     * Returns the active policy, or null if the type has none. A critical section that reads null may count in the rows without a policy
     * until it ends: {@link KernelPolicy#change} waits for the section, up to one second, before it reads these rows.
     */
    @Nullable
    public SlowPathPolicy watch() {
        return watch;
    }

    /**
     * Returns a CPU's counters under a policy, or null if the CPU has none yet.
     *
     * @param watching the policy; null selects the rows without a policy
     */
    public long @Nullable [] row(int cpu, @Nullable SlowPathPolicy watching) {
        return Rows.row(watching == null ? rows : watching.rows, cpu);
    }

    /**
     * Creates a CPU's counters under a policy, if they do not exist. The caller is outside all critical sections.
     *
     * @param watching the policy; null selects the rows without a policy
     */
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

    /**
     * Makes the policy active, and routes all further requests of this type to the slow path. A request inside a critical section may still
     * end on the fast path; the caller must quiesce.
     */
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

    /** Ends the policy. The fast path opens again if nothing else keeps the gate closed. */
    void unwatch() {
        lock.lock();
        try {
            watch = null;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the sum of all CPUs' counters, with and without a policy, and updates the high-water marks from it. */
    public Counters counters() {
        Counters counters = sum(made);
        highWater.raise(counters.bytes(), counters.blocks());
        return counters;
    }

    /**
     * Returns the counters for each CPU record of the statistics ({@link dev.malloc9.pcpu.CpuRecords}). The array has one record for
     * each CPU number up to the largest with counters of this type, but at most {@link dev.malloc9.pcpu.CpuRecords#MAXCPU}. Does not update
     * the high-water marks.
     */
    public Counters[] countersByCpu() {
        SlowPathPolicy watching = made;
        lock.lock();
        try {
            return Counters.byCpu(classes, rows, rowsUnder(watching));
        } finally {
            lock.unlock();
        }
    }

    /** Updates the high-water marks from the current counters, without allocating on the Java heap. */
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

    /**
     * Reports the sum of all CPUs' counters to a consumer, without a lock. No lock is needed: a row is complete when it is published, and
     * is never removed.
     */
    public void tell(TypeFigures consumer) {
        SlowPathPolicy watching = made;
        Counters.tell(name, classes, rows, rowsUnder(watching), consumer);
    }

    /** Returns the sum of all CPUs' counters of the requests without a policy. Does not include the counters of the policy. */
    Counters unwatchedCounters() {
        return sum(null);
    }

    /** Sums the rows without a policy and the rows of the given policy; null adds nothing. */
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

    /**
     * Returns the segment over a block. The segment has the block's own scope if the address carries the mark of a guarded block, otherwise
     * the owner's scope. The segment over a plain block has no cleanup action. C2 can remove its allocation once the use is inlined.
     *
     * @param address the block's address; the mark of a guarded block is recognized
     * @param bytes the size of the segment in bytes
     * @throws IndexOutOfBoundsException if the address is out of range and carries no mark of a guarded block
     * @throws IllegalStateException if the address carries the mark of a guarded block and its scope has ended
     */
    public MemorySegment view(long address, long bytes) {
        try {
            return everything.asSlice(address, bytes);
        } catch (IndexOutOfBoundsException guarded) {
            // The bounds check of the JDK detects the mark of a guarded block. A check of our own would add 60 bytes of
            // code to each
            // caller.
            return types.guard.view(address, bytes);
        }
    }

    /**
     * Requests or cancels a sample.
     *
     * @param wanted true to send the type's requests to the slow path until one of them takes the sample ({@link #takeSample()}); false to
     *     cancel that
     */
    public void sample(boolean wanted) {
        lock.lock();
        try {
            sampling = wanted;
            setGate();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether the number of allocations has changed since the last call; at the first call, whether there were any. Only the
     * sampler calls this method.
     */
    public boolean hasAllocated() {
        long before = seen;
        seen = counters().allocs();
        return seen != before;
    }

    /** Records that another allocator accounts memory to this type. Called before the first such count. */
    void accountForOthers() {
        accountsForOthers = true;
    }

    /** Returns whether another allocator has ever accounted memory to this type. If so, the counters may not match the blocks. */
    public boolean accountsForOthers() {
        return accountsForOthers;
    }

    /** Returns whether the calling request is to be sampled, and clears the mark. Of several concurrent requests, only one gets true. */
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

    /**
     * Returns the error for a request whose type was retired before the request or during its wait.
     *
     * @param function the name of the called function, for the message
     */
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

    /**
     * Retires the type: closes its gate and its quota, and clears the handles of the bound descriptors. Requests that wait at the type's
     * limit end with {@link UnregisteredType}. The caller wakes the requests that wait for memory. A request inside a critical section may
     * still complete; the caller must quiesce. The caller holds the registry's lock.
     */
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
     * Returns the type's number if requests may take the fast path, otherwise {@link #CLOSED}. The gate is closed while it is
     * paused, before a sample, and once the type is retired. It is also closed while the type has a policy or a record in the statistics
     * file. Each row without a policy holds a copy, which critical sections read. The copies are written under {@code lock}.
     */
    public int gate() {
        return alive && !paused && !sampling && watch == null && record == null ? number : CLOSED;
    }

    /**
     * Copies the gate into all rows without a policy. The caller holds {@code lock}. The gate in the rows of a policy is always {@link
     * #CLOSED}.
     */
    private void setGate() {
        Rows.setGate(rows, gate());
    }
}
