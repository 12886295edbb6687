package malloc9.debug.memguard;

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
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The scopes of guarded blocks' segments, and the thread that ends them.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a block has a scope of its own, which ends behind its free. While more than {@link #BACKLOG} scopes wait for their end,
 *       up to {@link #SHARE} new blocks of a type share one, which ends when all of them are freed.
 *   <li>Concurrency: one lock for counts; scopes are ended without it.
 *   <li>Invariants: the address space of a block is used again only when its scope has ended: no segment ever shows another block. A scope is
 *       known until its end, so that the range is taken away after the last one.
 *   <li>Cost: the JDK ends a shared arena with a handshake of all threads, 30 to 60 microseconds in all, and knows no way to end many with
 *       one. A free therefore only queues it. The thread keeps up with some 20,000 frees a second; sharing then makes one
 *       handshake do for 64 frees, at the price that a stale segment of a block whose scope still lives is caught by the hole below it (an
 *       {@link InternalError}) instead of by its scope. Blocks shared always would be caught by the hole only for as long as any of
 *       their neighbours lives, which for a leak is for ever: hence a scope each, as long as the thread keeps up. The scopes of a stopped module
 *       end {@link #DELAY_MILLIS} later: their handshakes would slow that stop and the start of its successor.
 *   <li>Differs from BSD: there are no scopes.
 * </ul>
 */
final class ScopeReaper {

    /** Scopes that wait, above which new blocks share. */
    static final int BACKLOG = 256;

    /** Blocks that share one. */
    static final int SHARE = 64;

    private static final long RETRY_MILLIS = 100;

    /** From the free of many blocks at once to the end of their scopes, in milliseconds. */
    private static final long DELAY_MILLIS = 200;

    private final ScheduledExecutorService closer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-memguard").factory());

    private final KernelLock lock = new KernelLock();

    /** The scope that new blocks of a type share, by the type's number. Guarded by lock. */
    private final Map<Integer, GuardScope> shared = new HashMap<>();

    /** All that have not ended. Guarded by lock. */
    private final Set<GuardScope> open = new HashSet<>();

    /** Scopes that wait for their end. Guarded by lock. */
    private int waiting;

    /** Those of them that the thread has not come to yet. Guarded by lock. */
    private final Queue<GuardScope> ending = new ArrayDeque<>();

    /** Guarded by lock. */
    private boolean closed;

    /**
     * A scope for a new block of that type.
     *
     * @param own whether it shall end with this block, however many wait
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
     * @param lease its part of a scope
     * @param owner its type's number
     * @param then is to be run when the scope has ended
     */
    record Freed(GuardScope lease, int owner, Runnable then) {}

    /** Blocks are freed; does not wait. */
    @SuppressWarnings("FutureReturnValueIgnored") // close() tells nobody but who is told
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

    /** How many wait for their end. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all scopes have ended that waited for it, but for those that a native call uses. */
    void settle() {
        CompletableFuture.runAsync(this::endQueued, closer).join();
    }

    /**
     * Ends the thread, and then all scopes, whatever their blocks are.
     *
     * @return false if a native call still uses a segment: it may be tried again
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

    @SuppressWarnings("FutureReturnValueIgnored") // it is tried until it is done
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
