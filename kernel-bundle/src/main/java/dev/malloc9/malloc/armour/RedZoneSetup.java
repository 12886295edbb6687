package dev.malloc9.malloc.armour;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.Pattern;
import dev.malloc9.debug.RedZone;
import dev.malloc9.debug.Site;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.block.Admission;
import dev.malloc9.malloc.block.ItemHook;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.uma.Slab;
import dev.malloc9.vm.FailPoints;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The set-up of the armoured block of one request, inside the critical section that takes the item: writes red zones, fills the block
 * unless it is a page run, and adds a record.
 *
 * <p>No other thread has access to the item yet. If the set-up throws, the item stays free, but its content may have changed. Its tag is 0
 * then, so that the content is not compared with trash again. Used by one thread only.
 */
public final class RedZoneSetup implements ItemHook {

    /**
     * The number of bytes to allocate for the block and its red zones, so that the block has the alignment of a plain block. A page run is
     * rounded up to OS pages.
     */
    public final long rawBytes;

    /** The number of bytes between the start of the item and the block. */
    final long front;

    /** The requested size in bytes. */
    private final long bytes;

    private final MallocTypeInternal type;

    /** Whether the block reads as zero (M_ZERO). */
    private final boolean zeroed;

    private final @Nullable Site site;
    private final Place place;

    /** The damage to the item by a write after its last free, or null. Set by {@link #put}. */
    private @Nullable Damage found;

    /**
     * The kernel map, as the set-up of red zones needs it.
     *
     * @param range the whole kernel map
     * @param failPoints the fail points of the kernel, of which RED_ZONE makes the set-up throw an OutOfMemoryError
     */
    record Place(MemorySegment range, FailPoints failPoints) {}

    RedZoneSetup(long bytes, long rawBytes, MallocTypeInternal type, boolean zeroed, @Nullable Site site, Place place) {
        this.bytes = bytes;
        this.rawBytes = rawBytes;
        this.front = RedZone.front(bytes);
        this.type = type;
        this.zeroed = zeroed;
        this.site = site;
        this.place = place;
    }

    @Override
    public void put(Slab slab, int item) {
        long start = Slab.offsetOf(item);
        if (Tags.number(slab.tagOf(item)) == Tags.TRASHED) {
            Damage damage = CheckedBlocks.trashDamage(place.range, slab, item);
            found = damage == null ? found : damage;
            slab.tagAs(item, 0);
        }
        if (place.failPoints.fails(FailPoints.Step.RED_ZONE)) {
            throw new OutOfMemoryError("debug.fail");
        }
        long block = start + front;
        BlockRecord record =
                new BlockRecord(bytes, place.range.address() + block, front, type.name, type.owner.module(), site);
        RedZone.lay(place.range, start, slab.itemBytes, record);
        // A page run comes from the OS and is not filled. If it must read as zero, PlainBlocks has zeroed it before.
        if (slab.zone != Slab.PAGE_RUN && zeroed) {
            place.range.asSlice(block, bytes).fill((byte) 0);
        } else if (slab.zone != Slab.PAGE_RUN) {
            Pattern.FRESH.fill(place.range, block, block + bytes);
        }
        slab.note(item, record);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean zeroed() {
        return zeroed;
    }

    /** Returns the address of the block in an item at that address. The results 0 and {@link Admission#CHANGED} are returned unchanged. */
    public long block(long item) {
        return item == 0 || item == Admission.CHANGED ? item : item + front;
    }

    /** Returns the damage by a write after the item's last free, or null if none was found. */
    @Nullable
    Damage found() {
        return found;
    }
}
