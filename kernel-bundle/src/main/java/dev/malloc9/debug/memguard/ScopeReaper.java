package dev.malloc9.debug.memguard;

import dev.malloc9.vm.KernelLock;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The set of the scopes of guarded blocks' segments, and the thread that ends them.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a block has a scope of its own, which ends after its free. While more than {@link #BACKLOG} scopes wait for their end,
 *       up to {@link #SHARE} new blocks of a type share one scope. A shared scope ends when all blocks that took it are freed.
 *   <li>Concurrency: one lock guards the counts. Scopes are ended without the lock.
 *   <li>Invariants: the address space of a block is used again only after its scope has ended, so no segment ever shows another block.
 *       A scope is recorded until its end, so that the range is unmapped after the last scope.
 *   <li>Cost: the JDK ends a shared arena with a handshake of all threads, 30 to 60 microseconds in all. It cannot end several arenas
 *       with one handshake. A free therefore only queues the scope. The thread keeps up with about 20,000 frees a second. Beyond that rate,
 *       sharing needs one handshake for 64 frees. The price: while a shared scope is alive, only the hole (an {@link InternalError})
 *       detects a stale segment of a freed block. If blocks always shared scopes, a leaked neighbour would keep the scope alive for ever;
 *       hence each block has its own scope as long as the thread keeps up. If the stop of a module frees several blocks, their scopes end
 *       up to {@link #DELAY_MILLIS} later: their handshakes would slow that stop and the start of its successor.
 *   <li>Differs from BSD: BSD has no scopes.
 * </ul>
 */
final class ScopeReaper {

    /** The number of waiting scopes above which new blocks share scopes. */
    static final int BACKLOG = 256;

    /** The largest number of blocks that share a scope. */
    static final int SHARE = 64;

    /** The delay between two attempts to end a scope that a native call uses, in milliseconds. */
    private static final long RETRY_MILLIS = 100;

    /** The delay from the free of several blocks at once to the end of their scopes, in milliseconds. Another free may end them earlier. */
    private static final long DELAY_MILLIS = 200;

    private final ScheduledExecutorService closer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-memguard").factory());

    private final KernelLock lock = new KernelLock();

    /** The scope that new blocks of a type share, by the type's number. Guarded by {@code lock}. */
    private final Map<Integer, GuardScope> shared = new HashMap<>();

    /** The scopes that have not ended. Guarded by {@code lock}. */
    private final Set<GuardScope> open = new HashSet<>();

    /** The number of scopes that wait for their end, including scopes that are tried again. Guarded by {@code lock}. */
    private int waiting;

    /** The waiting scopes that the thread has not tried to end yet. Guarded by {@code lock}. */
    private final Queue<GuardScope> ending = new ArrayDeque<>();

    /** True once {@link #endAll} has begun. Guarded by {@code lock}. */
    private boolean closed;

    /**
     * Takes a scope for a new block.
     *
     * @param owner the number of the block's type
     * @param own whether the scope must belong to this block alone, even if many scopes wait for their end
     */
    GuardScope take(int owner, boolean own) {
        lock.lock();
        try {
            boolean share = waiting > BACKLOG && !own;
            GuardScope lease = share ? shared.get(owner) : null;
            if (lease == null || !lease.arena().scope().isAlive()) {
                lease = new GuardScope(share ? SHARE : 1);
                open.add(lease);
                if (lease.room > 1) {
                    shared.put(owner, lease);
                }
            }
            lease.living++;
            if (--lease.room == 0) {
                shared.remove(owner, lease);
            }
            return lease;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A freed block.
     *
     * @param lease the scope of the block's segments
     * @param owner the number of the block's type
     * @param then the action to run on this class's thread after the scope has ended; {@link #endAll} does not run it
     */
    record Freed(GuardScope lease, int owner, Runnable then) {}

    /**
     * Records that blocks were freed, and queues each scope that has no live block left. Does not wait. After {@link #endAll} it has no
     * effect.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the task is not awaited; if it never runs, endAll() ends the scopes
    void free(List<Freed> blocks) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            int before = waiting;
            for (Freed block : blocks) {
                GuardScope lease = block.lease;
                lease.then.add(block.then);
                if (--lease.living == 0) {
                    shared.remove(block.owner, lease);
                    lease.room = 0;
                    ending.add(lease);
                    waiting++;
                }
            }
            if (waiting > before) {
                long delay = blocks.size() > 1 ? DELAY_MILLIS : 0;
                closer.schedule(this::endQueued, delay, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of scopes that wait for their end. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the thread has tried to end all queued scopes. A scope that a native call uses is tried again later and is not awaited.
     *
     * @throws java.util.concurrent.RejectedExecutionException if {@link #endAll} was called
     */
    void settle() {
        CompletableFuture.runAsync(this::endQueued, closer).join();
    }

    /**
     * Stops the thread, and then ends all scopes, whether their blocks are freed or live. Waits about 100 ms for each scope that a native
     * call uses.
     *
     * @return false if a native call still uses a segment; the caller may try again
     */
    boolean endAll() {
        List<GuardScope> left;
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        closer.shutdownNow();
        closer.close();
        lock.lock();
        try {
            left = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        boolean all = true;
        for (GuardScope lease : left) {
            boolean ended = lease.closePatiently();
            if (ended) {
                forget(lease);
            }
            all &= ended;
        }
        return all;
    }

    private void forget(GuardScope lease) {
        lock.lock();
        try {
            open.remove(lease);
        } finally {
            lock.unlock();
        }
    }

    private void endQueued() {
        for (GuardScope lease = nextEnding(); lease != null; lease = nextEnding()) {
            end(lease);
        }
    }

    private @Nullable GuardScope nextEnding() {
        lock.lock();
        try {
            return ending.poll();
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // the task is not awaited; it schedules itself until the scope has ended
    private void end(GuardScope lease) {
        if (!lease.close()) {
            lock.lock();
            try {
                if (!closed) {
                    closer.schedule(() -> end(lease), RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            } finally {
                lock.unlock();
            }
            return;
        }
        List<Runnable> then;
        lock.lock();
        try {
            waiting--;
            open.remove(lease);
            then = List.copyOf(lease.then);
        } finally {
            lock.unlock();
        }
        then.forEach(Runnable::run);
    }
}
