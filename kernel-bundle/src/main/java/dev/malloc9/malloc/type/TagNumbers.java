package dev.malloc9.malloc.type;

import dev.malloc9.malloc.account.Tags;
import dev.malloc9.uma.Slab;
import dev.malloc9.vm.KernelLock;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The assignment of the numbers that tags carry: one for each memory type and one for each driver's zone. Maps the numbers of zones to the
 * zones.
 *
 * <p>The number 0 stands for a free item and is never assigned. Thread-safe; the lookups of zones take no lock.
 */
public final class TagNumbers {

    private final KernelLock lock = new KernelLock();

    /** The numbers in use. Guarded by {@code lock}. */
    private final BitSet numbers = new BitSet();

    /** The drivers' zones by number. Added to under {@code lock}; read and removed from without. */
    private final Map<Integer, TagOwner> zones = new ConcurrentHashMap<>();

    /** True while all zones take the slow path. Guarded by {@code lock}. */
    private boolean paused;

    /** Creates an assignment in which only the number 0 is in use. */
    TagNumbers() {
        numbers.set(0);
    }

    /** Returns whether at least the given number of numbers is free. */
    boolean hasRoomFor(int count) {
        lock.lock();
        try {
            return numbers.cardinality() + count <= Tags.MAX_NUMBER + 1;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a free number and returns it. Returns 0 if all numbers are in use. */
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

    /** Releases a number and removes its zone, if any. The caller has made sure that no tag and no counter carries the number any more. */
    public void give(int number) {
        zones.remove(number);
        lock.lock();
        try {
            numbers.clear(number);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a zone the owner of a number that was taken before. If all zones are paused, the zone is paused as well. */
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

    /** Sends the requests of all zones to the slow path, including zones that are added before {@link #resumeZones()}. */
    void pauseZones() {
        lock.lock();
        try {
            paused = true;
            zones.values().forEach(TagOwner::pause);
        } finally {
            lock.unlock();
        }
    }

    /** Lets the requests of all zones take the fast path again, if nothing else prevents it. */
    void resumeZones() {
        lock.lock();
        try {
            paused = false;
            zones.values().forEach(TagOwner::resume);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the qualified name of each zone to a map, under the number of the zone. */
    void addZoneNames(Map<Integer, TagOwner.QualifiedName> names) {
        zones.forEach((number, zone) -> names.put(number, zone.qualifiedName()));
    }

    /** Returns the zone whose number a tag carries, or null if there is none. */
    @Nullable
    public TagOwner zoneOfTag(int tag) {
        return zones.get(Tags.number(tag));
    }

    /**
     * Returns the driver's zone for which a slab was made, or null if there is none, for example for a slab of malloc. An item of the slab
     * may belong to a secondary zone of that zone. Linear in the number of zones.
     */
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
