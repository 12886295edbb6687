package malloc9.malloc.block;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.KernelLock;

/**
 * A quarantine keeps items from reuse, oldest out first, up to a number of bytes: a stale address then shows what was there, or what
 * is wrong, and not somebody else's memory. There is one of what modules leaked by address, and one of what was freed at level I.
 *
 * <p>What is larger than all of it may be leaves at once, and pushes nobody out. Who puts an item in has tagged it as nobody's. May be used by any number of threads; it looks at memory under its lock only, so
 * that once it is closed nothing does.
 */
public final class Quarantine {

    /** What happens to an item that leaves. */
    public interface Leaving {

        /**
         * Looks at an item for the last time; under the quarantine's lock.
         *
         * @return the tag's owner that the item is free under
         */
        int leave(Slab slab, int item);

        /** Tells what was found; under no lock. */
        default void left() {}
    }

    private final Uma uma;
    private final Leaving leaving;
    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();

    /** Written under lock. */
    private volatile long maxBytes;

    /** Written under lock. */
    private final AtomicLong bytes = new AtomicLong();

    /** Guarded by lock. */
    private boolean closed;

    private record Block(Slab slab, int item) {}

    /** @param maxBytes what is kept at most */
    public Quarantine(Uma uma, long maxBytes, Leaving leaving) {
        this.uma = uma;
        this.maxBytes = maxBytes;
        this.leaving = leaving;
    }

    /** Takes in an item that is tagged as nobody's. */
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

    /** Keeps at most that many bytes from now on. */
    public void maxBytes(long most) {
        lock.lock();
        try {
            maxBytes = most;
        } finally {
            lock.unlock();
        }
        shrinkTo(most);
    }

    /** What it keeps at most. */
    public long maxBytes() {
        return maxBytes;
    }

    /** What it holds. */
    public long bytes() {
        return bytes.get();
    }

    /** Lets everything out. */
    public void drain() {
        shrinkTo(0);
    }

    /** The same; false if there is nothing in it. */
    public boolean letOut() {
        boolean any = bytes() > 0;
        drain();
        return any;
    }

    /** From now on no memory is looked at. */
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

    private void shrinkTo(long most) {
        if (bytes.get() <= most) {
            return;
        }
        List<Block> out = new ArrayList<>();
        lock.lock();
        try {
            while (bytes.get() > most && !closed) {
                // What needs the Java heap comes first: without heap the block is still here.
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

    /** Gives all of them back, also where one is an error. */
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
