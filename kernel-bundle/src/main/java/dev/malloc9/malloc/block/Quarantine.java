package dev.malloc9.malloc.block;

import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KernelLock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A quarantine that keeps items from reuse, up to a number of bytes; the oldest item leaves first. A stale address then refers to the old
 * content or to trash, and not to another owner's memory. There are two: one for blocks that modules leaked by address, and one for freed
 * armoured blocks. A page run counts as one item.
 *
 * <p>An item that is larger than the whole quarantine leaves at once, and no other item leaves for it. The caller has given an item a tag
 * with the number {@code Tags.QUARANTINED} before it adds the item.
 *
 * <p>Thread-safe. The quarantine accesses the memory of items under its lock only, so that no access is made after {@link #close()}.
 */
public final class Quarantine {

    /** The actions at the end of an item's time in quarantine. */
    public interface Leaving {

        /**
         * Checks or wipes an item before it becomes free. Called under the quarantine's lock.
         *
         * @return the owner bits of the tag that the item has while it is free; 0 or {@code Tags.TRASHED}
         */
        int leave(Slab slab, int item);

        /**
         * Reports the findings of {@link #leave}. Called without the quarantine's lock after items have left, also if an error cut that
         * short.
         */
        default void left() {}
    }

    private final Uma uma;
    private final Leaving leaving;
    private final KernelLock lock = new KernelLock();

    /** The items in quarantine, in the order in which they leave. Guarded by {@code lock}. */
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();

    /** The most bytes of items that stay in quarantine. Written under {@code lock}. */
    private volatile long maxBytes;

    /** The bytes of all items in quarantine. Written under {@code lock}. */
    private final AtomicLong bytes = new AtomicLong();

    /** Whether the quarantine is closed: no item leaves it, because its memory must not be accessed. Guarded by {@code lock}. */
    private boolean closed;

    private record Block(Slab slab, int item) {}

    /** @param maxBytes the most bytes of items that stay in quarantine; 0 or more */
    public Quarantine(Uma uma, long maxBytes, Leaving leaving) {
        this.uma = uma;
        this.maxBytes = maxBytes;
        this.leaving = leaving;
    }

    /** Adds an item whose tag has the number {@code Tags.QUARANTINED}. Items may leave, this one included, in the calling thread. */
    public void add(Slab slab, int item) {
        Block block = new Block(slab, item);
        lock.lock();
        try {
            if (slab.itemBytes > maxBytes) {
                blocks.addFirst(block);
            } else {
                blocks.addLast(block);
            }
            bytes.addAndGet(slab.itemBytes);
        } finally {
            lock.unlock();
        }
        shrinkTo(maxBytes);
    }

    /** Sets the most bytes that stay in quarantine, 0 or more. Items beyond them leave at once, in the calling thread. */
    public void maxBytes(long most) {
        lock.lock();
        try {
            maxBytes = most;
        } finally {
            lock.unlock();
        }
        shrinkTo(most);
    }

    /** Returns the most bytes that stay in quarantine. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Returns the bytes of all items in quarantine, each with its whole size class or page run. */
    public long bytes() {
        return bytes.get();
    }

    /** Releases all items. */
    public void drain() {
        shrinkTo(0);
    }

    /** Releases all items; returns false if the quarantine was empty. */
    public boolean letOut() {
        boolean any = bytes() > 0;
        drain();
        return any;
    }

    /** Forgets all items without releasing them. When this method has returned, the quarantine accesses no memory of items. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            blocks.clear();
            bytes.set(0);
        } finally {
            lock.unlock();
        }
    }

    /** Releases the oldest items until at most so many bytes are left. No item leaves after {@link #close()}. */
    private void shrinkTo(long most) {
        if (bytes.get() <= most) {
            return;
        }
        List<Block> out = new ArrayList<>();
        lock.lock();
        try {
            while (bytes.get() > most && !closed) {
                // Steps that allocate Java heap come before the first change: after an OutOfMemoryError the item is
                // still in quarantine.
                Block block = blocks.getFirst();
                int owner = leaving.leave(block.slab, block.item);
                out.add(block);
                block.slab.tagAs(block.item, owner);
                blocks.removeFirst();
                bytes.addAndGet(-block.slab.itemBytes);
            }
        } finally {
            lock.unlock();
            release(out);
            leaving.left();
        }
    }

    /** Returns all items to UMA, even if the release of one of them throws. */
    private void release(List<Block> out) {
        int released = 0;
        try {
            while (released < out.size()) {
                Block block = out.get(released++);
                uma.release(block.slab, new int[] {block.item}, 1);
            }
        } finally {
            if (released < out.size()) {
                release(out.subList(released, out.size()));
            }
        }
    }
}
