package dev.malloc9.uma;

/**
 * A secondary zone: takes its items from the kegs of other zones, and prepares them with an init of its own (uma_zsecond_create).
 *
 * <p>It has caches, a depot and counts like any other zone. The kegs and their memory are accounted to the other zones, its masters.
 *
 * <p>Differs from BSD: an item does not return through the first keg, but to the keg from which it came.
 */
public final class SecondaryZone {

    private final UmaZone zone;
    private final KegSet kegs;

    SecondaryZone(UmaZone zone, KegSet kegs) {
        this.zone = zone;
        this.kegs = kegs;
    }

    /** Returns the zone that has the caches and the depot. */
    public UmaZone zone() {
        return zone;
    }

    /** Returns whether this zone takes items from the slabs of another zone. */
    public boolean uses(UmaZone master) {
        return kegs.has(master.keg());
    }

    /**
     * Makes this zone also take items from the slabs of another zone (uma_zsecond_add). The other zone must have items of the same size.
     */
    public void add(UmaZone master) {
        kegs.add(master.keg());
    }
}
