package malloc9.malloc;

import java.util.ArrayDeque;
import malloc9.uma.Slab;
import malloc9.uma.Uma;

/**
 * The raw quarantine keeps what modules leaked by address, oldest out first: a stale address then reads what was
 * written through it, for a while, and not somebody else's memory.
 *
 * <p>Guarded by who unregisters.
 */
final class RawQuarantine {

    private final Uma uma;
    private final long maxBytes;
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private long bytes;

    private record Block(Slab slab, int item) {}

    /** @param maxBytes what is kept at most */
    RawQuarantine(Uma uma, long maxBytes) {
        this.uma = uma;
        this.maxBytes = maxBytes;
    }

    /** Takes in a block whose type is gone. */
    void add(Slab slab, int item) {
        slab.tagAs(item, Tags.QUARANTINED);
        blocks.addLast(new Block(slab, item));
        bytes += slab.itemBytes;
        while (bytes > maxBytes) {
            release(blocks.removeFirst());
        }
    }

    /** What it holds. */
    long bytes() {
        return bytes;
    }

    private void release(Block block) {
        Slab slab = block.slab;
        bytes -= slab.itemBytes;
        slab.tagAs(block.item, 0);
        uma.release(slab, new int[] {block.item}, 1);
    }
}
