package malloc9.malloc.type;

import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import malloc9.malloc.account.Tags;
import malloc9.uma.Slab;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that tags carry: one for each memory type and one for each driver's zone, and the zones by their number.
 *
 * <p>Number 0 is the tag of free items. Thread-safe; readers take no lock.
 */
public final class TagNumbers {

    private final KernelLock lock = new KernelLock();

    /** Numbers in use. Guarded by lock. */
    private final BitSet numbers = new BitSet();

    private final Map<Integer, TagOwner> zones = new ConcurrentHashMap<>();

    /** Whether all zones take the slow path. Guarded by lock. */
    private boolean paused;

    TagNumbers() {
        numbers.set(0);
    }

    /** Returns whether so many numbers are free. */
    boolean hasRoomFor(int count) {
        lock.lock();
        try {
            return numbers.cardinality() + count <= Tags.MAX_NUMBER + 1;
        } finally {
            lock.unlock();
        }
    }

    /** Returns a number that no other type or zone has, or 0 if all are in use. */
    public int take() {
        lock.lock();
        try {
            int number = numbers.nextClearBit(1);
            if (number > Tags.MAX_NUMBER) {
                return 0;
            }
            numbers.set(number);
            return number;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a number be used again, once no tag and no counter carries it. */
    public void give(int number) {
        zones.remove(number);
        lock.lock();
        try {
            numbers.clear(number);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a zone the owner of a number. */
    public void put(int number, TagOwner zone) {
        lock.lock();
        try {
            zones.put(number, zone);
            if (paused) {
                zone.pause();
            }
        } finally {
            lock.unlock();
        }
    }

    void pauseZones() {
        lock.lock();
        try {
            paused = true;
            zones.values().forEach(TagOwner::pause);
        } finally {
            lock.unlock();
        }
    }

    void resumeZones() {
        lock.lock();
        try {
            paused = false;
            zones.values().forEach(TagOwner::resume);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the name of each zone under its number. */
    void addZoneNames(Map<Integer, TagOwner.QualifiedName> names) {
        zones.forEach((number, zone) -> names.put(number, zone.qualifiedName()));
    }

    /** Returns the zone whose number a tag carries, or null. */
    @Nullable
    public TagOwner zoneOfTag(int tag) {
        return zones.get(Tags.number(tag));
    }

    /** Returns the zone that all items of a slab are of, or null if it is a slab of malloc's. */
    @Nullable
    public TagOwner zoneOf(Slab slab) {
        for (TagOwner zone : zones.values()) {
            if (zone.owns(slab)) {
                return zone;
            }
        }
        return null;
    }
}
