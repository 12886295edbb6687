package dev.malloc9.malloc.block;

import dev.malloc9.uma.Uma;

/** The reclaimer of unused memory for requests that find none: from two quarantines, and from UMA's caches and empty slabs. Thread-safe. */
public final class Reclaimer {

    private final Uma uma;
    private final Quarantine freed;
    private final Quarantine leaked;

    /**
     * Creates a reclaimer.
     *
     * @param freed the quarantine of freed armoured blocks
     * @param leaked the quarantine of blocks that stopped modules left behind by address
     */
    public Reclaimer(Uma uma, Quarantine freed, Quarantine leaked) {
        this.uma = uma;
        this.freed = freed;
        this.leaked = leaked;
    }

    /** Releases the freed armoured blocks, also for requests that do not wait. Returns false if there were none. */
    public boolean letOut() {
        return freed.letOut();
    }

    /** Releases both quarantines, and returns UMA's unused memory to the kernel map (uma_reclaim). May wait for critical sections. */
    public void reclaim() {
        freed.drain();
        leaked.drain();
        uma.reclaim();
    }
}
