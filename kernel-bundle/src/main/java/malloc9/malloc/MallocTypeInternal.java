package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.MemorySegment.Scope;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import org.jspecify.annotations.Nullable;

/**
 * A registered type: the kernel's side of a {@link MallocType} (struct malloc_type_internal).
 *
 * <p>The descriptors that drivers hold point here while the type is registered ({@code handle}), and nowhere
 * afterwards.
 */
final class MallocTypeInternal {

    /** No tag without {@link Tags#RAW} says so; 0 would be the tag of a free item at a multiple of 1 MiB. */
    private static final int SHUT = -1;

    /** The registry, one a kernel: tells a type of another kernel. */
    final MallocTypes types;

    /** What the tags of its blocks say. */
    final int number;

    /**
     * One element: its number while blocks of it may change hands without being looked at, {@link #SHUT} during a drain and
     * once its owner stops. Written under lock; an array, so that a critical section sees the change ({@link malloc9.pcpu.Pcpu}).
     */
    final int[] word;

    final String name;
    final String description;
    final Owner owner;

    /** Counters by the CPU's number, then by column. Replaced under lock; a CPU reads its own without. */
    private long[] @Nullable [] rows = new long[0][];

    /** Whether its owner has not begun to stop. Written under the registry's lock and lock. */
    private volatile boolean alive = true;

    /** Whether a drain is at work. Guarded by lock. */
    private boolean paused;

    private final ReentrantLock lock = new ReentrantLock();

    /** What its owner's segments are slices of. */
    private final MemorySegment everything;

    /** Theirs, alive as long as the owner. */
    final Scope scope;

    /** Descriptors that point here. Guarded by the registry's lock. */
    private final List<WeakReference<MallocType>> bound = new ArrayList<>();

    MallocTypeInternal(MallocTypes types, int number, String name, String description, Owner owner) {
        this.types = types;
        this.number = number;
        this.word = new int[] {number};
        this.name = name;
        this.description = description;
        this.owner = owner;
        this.everything = owner.everything();
        this.scope = everything.scope();
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

    /** A CPU's counters, or null if it has none yet. */
    long @Nullable [] row(int cpu) {
        long[] @Nullable [] known = rows;
        return Integer.compareUnsigned(cpu, known.length) < 0 ? known[cpu] : null;
    }

    /** Gives a CPU its counters, before they are first used. */
    void addRow(int cpu) {
        lock.lock();
        try {
            long[] @Nullable [] grown = Arrays.copyOf(rows, Math.max(rows.length, cpu + 1));
            if (grown[cpu] == null) {
                grown[cpu] = new long[Counters.COLUMNS];
                VarHandle.releaseFence();
                rows = grown;
            }
        } finally {
            lock.unlock();
        }
    }

    /** What all CPUs counted. */
    Counters counters() {
        lock.lock();
        try {
            return Counters.sum(rows);
        } finally {
            lock.unlock();
        }
    }

    /** A segment over a block, alive as long as the owner; no cleanup action, no garbage once its use is inlined. */
    MemorySegment view(long address, long bytes) {
        return everything.asSlice(address, bytes);
    }

    /** The error for who comes too late. */
    UnregisteredType unregistered(String function) {
        return new UnregisteredType(Messages.unregistered(function, name, owner.module() + " has stopped"));
    }

    /** Sends everybody the slow way, until {@link #resume()}. */
    void pause() {
        lock.lock();
        try {
            paused = true;
            setWord();
        } finally {
            lock.unlock();
        }
    }

    /** Lets requests take the fast path again, if nothing else is against it. */
    void resume() {
        lock.lock();
        try {
            paused = false;
            setWord();
        } finally {
            lock.unlock();
        }
    }

    /** From now on no block changes hands, and the drivers' descriptors mean nothing. */
    void retire() {
        lock.lock();
        try {
            alive = false;
            setWord();
        } finally {
            lock.unlock();
        }
        for (WeakReference<MallocType> reference : bound) {
            MallocType type = reference.get();
            if (type != null) {
                type.handle(this, null);
            }
        }
        bound.clear();
    }

    private void setWord() {
        word[0] = alive && !paused ? number : SHUT;
    }
}
