package dev.malloc9.malloc.refusal;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.BlockEvent;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.Site;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.TagOwner;
import dev.malloc9.malloc.type.TagOwner.QualifiedName;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.UmaZone;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The look-up of an address: finds the block, item or hole there from tags and records alone, without reading the memory at the address.
 * A block that is allocated or freed meanwhile is described as it was before or after.
 *
 * <p>Thread-safe.
 */
public final class Whatis {

    private final Uma uma;
    private final MallocTypes types;
    private final MemGuard guard;
    private final long base;
    private final long size;

    public Whatis(Uma uma, MallocTypes types, MemGuard guard) {
        this.uma = uma;
        this.types = types;
        this.guard = guard;
        this.base = uma.map().base();
        this.size = uma.map().size();
    }

    /** Returns the description of the place at an address. Any value is valid; an address outside this kernel's memory is FOREIGN. */
    public AddressInfo at(long address) {
        if (guard.owns(address)) {
            return guarded(address);
        }
        long offset = address - base;
        if (Long.compareUnsigned(offset, size) >= 0) {
            return nothing(address, Place.FOREIGN, 0, 0, "");
        }
        int granule = Slab.granuleOf(offset);
        Slab slab = uma.slabs().find(granule);
        if (slab == null || Integer.compareUnsigned(granule, slab.base) < 0) {
            return nothing(address, Place.HOLE, 0, 0, "");
        }
        int index = slab.zone == Slab.PAGE_RUN ? runIndex(slab, address) : slab.indexOfItem(granule);
        return index < slab.items()
                ? item(address, slab, slab.granule(index))
                : nothing(
                        address, Place.TAIL, addressOf(slab.granule(slab.items() - 1)) + slab.itemBytes, 0, zone(slab));
    }

    /**
     * Returns the description of an address in MemGuard's range: BLOCK inside a live block, else GUARD with the nearest known block, if
     * there is one.
     */
    private AddressInfo guarded(long address) {
        GuardedBlock block = guard.near(address);
        if (block == null) {
            return nothing(address, Place.GUARD, 0, 0, "");
        }
        BlockRecord record = block.record();
        boolean inside = block.isLive() && address >= record.address && address - record.address < record.bytes;
        return new AddressInfo(
                address,
                inside ? Place.BLOCK : Place.GUARD,
                record.address,
                record.bytes,
                record.bytes,
                "",
                record.module,
                record.type,
                allocated(record),
                freed(record));
    }

    /** Returns 0 for an address in a page run, and 1 behind it: the last unit of a run may have unused pages. */
    private int runIndex(Slab run, long address) {
        return address - addressOf(run.base) < run.itemBytes ? 0 : 1;
    }

    private AddressInfo item(long address, Slab slab, int item) {
        int tag = slab.tagOf(item);
        int number = Tags.number(tag);
        if (number == Tags.QUARANTINED) {
            return kept(address, slab, item, Place.QUARANTINE);
        }
        if (tag == 0 || number == 0 || number == Tags.TRASHED) {
            return kept(address, slab, item, Place.FREE);
        }
        MallocTypeInternal type = types.ofTag(tag);
        if (type != null) {
            return used(address, slab, item, Place.BLOCK, type.qualifiedName(), record(slab, item, tag));
        }
        TagOwner zone = types.numbers.zoneOfTag(tag);
        return zone != null
                ? used(address, slab, item, Place.ITEM, zone.qualifiedName(), null)
                : kept(address, slab, item, Place.QUARANTINE);
    }

    /** Returns the description of a live block or item. With a record, the start and the requested size are taken from the record. */
    private AddressInfo used(
            long address, Slab slab, int item, Place place, QualifiedName name, @Nullable BlockRecord block) {
        return new AddressInfo(
                address,
                place,
                block == null ? addressOf(item) : block.address,
                block == null ? slab.itemBytes : slab.itemBytes - block.front,
                block == null ? -1 : block.bytes,
                zone(slab),
                name.owner(),
                name.name(),
                block == null ? null : allocated(block),
                null);
    }

    /**
     * Returns the description of an item that is not live. Takes start, size and owner from the item's record if that belongs to the last
     * block.
     */
    private AddressInfo kept(long address, Slab slab, int item, Place place) {
        int tag = slab.tagOf(item);
        boolean lately = Tags.isNoted(tag) || Tags.number(tag) == Tags.TRASHED;
        boolean left = Tags.number(tag) == Tags.QUARANTINED;
        // A block that its bundle left behind was not freed: a record with a free belongs to an earlier block.
        if (!(slab.note(item) instanceof BlockRecord block
                && (lately || (left && !block.isFreed()))
                && slab.tagOf(item) == tag)) {
            TagOwner zone = place == Place.FREE ? types.numbers.zoneOf(slab) : null;
            QualifiedName name = zone == null ? null : zone.qualifiedName();
            return new AddressInfo(
                    address,
                    place,
                    addressOf(item),
                    slab.itemBytes,
                    -1,
                    zone(slab),
                    name == null ? null : name.owner(),
                    name == null ? null : name.name(),
                    null,
                    null);
        }
        return new AddressInfo(
                address,
                place,
                block.address,
                slab.itemBytes - block.front,
                block.bytes,
                zone(slab),
                block.module,
                block.type,
                allocated(block),
                freed(block));
    }

    private static @Nullable BlockEvent freed(BlockRecord block) {
        return block.isFreed() ? event(block.freedNanos(), String.valueOf(block.freeingThread()), block.freed()) : null;
    }

    private static BlockEvent allocated(BlockRecord block) {
        return event(block.bornNanos, block.thread, block.allocated);
    }

    private static BlockEvent event(long nanos, String thread, @Nullable Site site) {
        return new BlockEvent(
                Duration.ofNanos(System.nanoTime() - nanos), thread, site == null ? CallStack.NONE : site.stack());
    }

    private static AddressInfo nothing(long address, Place place, long start, long bytes, String zone) {
        return new AddressInfo(address, place, start, bytes, -1, zone, null, null, null, null);
    }

    /** Returns the record of the block that had this tag; null if it has no record, or the tag has changed meanwhile. */
    public static @Nullable BlockRecord record(Slab slab, int item, int tag) {
        Object note = Tags.isNoted(tag) ? slab.note(item) : null;
        return note instanceof BlockRecord block && slab.tagOf(item) == tag ? block : null;
    }

    /** Returns the name of a slab's zone; an empty string for a page run, a slab of the reserve, or a zone that was removed meanwhile. */
    private String zone(Slab slab) {
        return uma.zones().stream()
                .filter(zone -> zone.number() == slab.zone)
                .map(UmaZone::name)
                .findFirst()
                .orElse("");
    }

    private long addressOf(int granule) {
        return base + Slab.offsetOf(granule);
    }
}
