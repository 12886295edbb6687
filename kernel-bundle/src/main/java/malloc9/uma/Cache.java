package malloc9.uma;

import org.jspecify.annotations.Nullable;

/**
 * A cache is one CPU's stock of one zone's items: a bucket to take from and give to, and one in reserve
 * (struct uma_cache).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the loaded bucket's array and count stand in the cache itself, one indirection less.
 *   <li>Concurrency: owned by its CPU's slot, inside a critical section only; who takes it away from there proves that no
 *       section uses it any more ({@link Drain}).
 *   <li>Invariants: the reserve is empty or full.
 *   <li>Cost: a malloc is one array load, a free one array store; a bucket is exchanged once in as many operations as
 *       it has room, twice that where they alternate.
 *   <li>Differs from BSD: one loaded bucket for both directions, so that the block freed last, still in the processor's
 *       cache, is the one handed out next.
 * </ul>
 */
public final class Cache {

    /** The cache where there is none: nothing to take, no room to give. Never written to. */
    static final Cache NONE = new Cache(null, 0);

    /** The loaded bucket's items. */
    public int[] items;

    /** How many of them there are. */
    public int count;

    /** Items handed out (uc_allocs); only for zones whose requests count nowhere else. */
    public long allocs;

    /** Items taken back (uc_frees). */
    public long frees;

    private Bucket loaded;
    private Bucket reserve;

    /** Whose items; none for {@link #NONE}. A number alone may be another zone's by now. */
    private final @Nullable Zone zone;

    Cache(@Nullable Zone zone, int capacity) {
        this.zone = zone;
        loaded = new Bucket(capacity);
        reserve = new Bucket(capacity);
        items = loaded.items;
    }

    /** Makes the reserve the loaded bucket. */
    void swap() {
        exchange(reserve);
    }

    /** Loads a bucket; the loaded one becomes the reserve, and the reserve is handed back. */
    Bucket load(Bucket bucket) {
        Bucket former = reserve;
        exchange(bucket);
        return former;
    }

    /** Whether it is a cache of that zone. */
    boolean isOf(Zone other) {
        return other.equals(zone);
    }

    boolean reserveIsEmpty() {
        return reserve.count == 0;
    }

    boolean reserveIsFull() {
        return reserve.count == reserve.items.length;
    }

    /** Free items in both buckets; exact for the owner, near the truth for others. */
    int free() {
        return count + reserve.count;
    }

    /** Gives all items back to the zone; only where no CPU has this cache any more. */
    void emptyInto(Zone zone) {
        loaded.count = count;
        count = 0;
        zone.empty(loaded);
        zone.empty(reserve);
    }

    private void exchange(Bucket bucket) {
        loaded.count = count;
        reserve = loaded;
        loaded = bucket;
        items = bucket.items;
        count = bucket.count;
    }
}
