package malloc9.malloc.armour;

import java.lang.foreign.MemorySegment;
import malloc9.api.runtime.Damage;
import malloc9.debug.BlockRecord;
import malloc9.debug.Pattern;
import malloc9.debug.RedZone;
import malloc9.debug.Site;
import malloc9.malloc.account.Tags;
import malloc9.malloc.block.Admission;
import malloc9.malloc.block.ItemHook;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.uma.Slab;
import malloc9.vm.FailPoints;
import org.jspecify.annotations.Nullable;

/**
 * A coat is what one request at level I puts around its block, inside the critical section in which the item is taken: red zones, a
 * known content, a record.
 *
 * <p>Nobody else sees the item yet. If anything is thrown on the way, the item is where it was.
 */
public final class RedZoneSetup implements ItemHook {

    /** Bytes to ask for, so that the block and its red zones have room and the block is aligned as it would be without. */
    public final long rawBytes;

    /** Bytes between the item's start and the block. */
    final long front;

    /** The bytes that were asked for. */
    private final long bytes;

    private final MallocTypeInternal type;

    /** Whether the block reads as zero (M_ZERO). */
    private final boolean zeroed;

    private final @Nullable Site site;
    private final Place place;

    /** What the item's former owner did to it after the free. */
    private @Nullable Damage found;

    /**
     * The kernel map, as coats see it.
     *
     * @param range all of it
     * @param failPoints make the step RED_ZONE fail
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
        long start = Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT;
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
        // A page run comes from the OS; where it must read as zero, the slow path has seen to that.
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

    /** The block inside an item, if there is one. */
    public long block(long item) {
        return item == 0 || item == Admission.CHANGED ? item : item + front;
    }

    /** What was found, or null. */
    @Nullable
    Damage found() {
        return found;
    }
}
