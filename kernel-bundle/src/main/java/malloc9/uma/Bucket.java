package malloc9.uma;

/** A bucket carries free items between a per-CPU cache and its zone (struct uma_bucket). */
final class Bucket {

    /** Items, those in use at the bottom. */
    final int[] items;

    /** How many. Only true while the bucket is in nobody's cache. */
    int count;

    Bucket(int capacity) {
        items = new int[capacity];
    }
}
