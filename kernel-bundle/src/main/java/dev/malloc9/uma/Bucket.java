package dev.malloc9.uma;

/** A bucket: an array that carries free items between a per-CPU cache and its zone (struct uma_bucket). */
final class Bucket {

    /** The items by their first granules; only the first {@code count} elements are valid. */
    final int[] items;

    /**
     * The number of items. Used by one thread at a time: the thread that took the bucket, or a thread that holds the lock of its {@link
     * BucketList}.
     */
    int count;

    Bucket(int capacity) {
        items = new int[capacity];
    }
}
