package dev.malloc9.malloc.zone;

import dev.malloc9.api.zone.RefCount;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The reference count of an item: one element of the counts array of its slab, read as an unsigned 32-bit number. All operations are
 * atomic.
 */
final class ItemCount implements RefCount {

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final long U32 = 0xFFFF_FFFFL;

    private final int[] counts;
    private final int index;

    ItemCount(int[] counts, int index) {
        this.counts = counts;
        this.index = index;
    }

    @Override
    public long get() {
        return (int) COUNT.getVolatile(counts, index) & U32;
    }

    @Override
    public void set(long count) {
        COUNT.setVolatile(counts, index, (int) count);
    }

    @Override
    public long add(long delta) {
        return ((int) COUNT.getAndAdd(counts, index, (int) delta) + delta) & U32;
    }
}
