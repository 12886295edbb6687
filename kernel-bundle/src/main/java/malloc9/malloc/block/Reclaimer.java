package malloc9.malloc.block;

import malloc9.uma.Uma;

/** What there is still to be had when a request finds no memory. May be used by any number of threads. */
public final class Reclaimer {

    private final Uma uma;
    private final Quarantine freed;
    private final Quarantine leaked;

    /**
     * @param freed what was freed at level I
     * @param leaked what modules left behind by address
     */
    public Reclaimer(Uma uma, Quarantine freed, Quarantine leaked) {
        this.uma = uma;
        this.freed = freed;
        this.leaked = leaked;
    }

    /** For requests that do not wait: what would be free but for level I; false if there is nothing. */
    public boolean letOut() {
        return freed.letOut();
    }

    /** Gives back to the map whatever is not in use. */
    public void reclaim() {
        freed.drain();
        leaked.drain();
        uma.reclaim();
    }
}
