package malloc9.uma;

/**
 * A secondary zone hands out items of other zones' kegs, prepared in a way of its own (uma_zsecond_create).
 *
 * <p>It has caches, depot and counts like any zone; its kegs, and what they cost, are its masters'.
 *
 * <p>Differs from BSD: an item does not go back by way of the first keg, but to the one that it came from.
 */
public final class SecondaryZone {

    private final Zone zone;
    private final KegSet kegs;

    SecondaryZone(Zone zone, KegSet kegs) {
        this.zone = zone;
        this.kegs = kegs;
    }

    /** The zone as such. */
    public Zone zone() {
        return zone;
    }

    /** Whether it takes items from that zone's slabs. */
    public boolean uses(Zone master) {
        return kegs.has(master.keg());
    }

    /** From now on it takes items from that zone's slabs too (uma_zsecond_add). */
    public void add(Zone master) {
        kegs.add(master.keg());
    }
}
