package dev.malloc9.malloc.account;

import dev.malloc9.uma.Slab;

/**
 * The encoding of a block's owner in the lower 16 bits of the tag of an item or page run ({@link Slab#tag}). The value 0 marks a free item.
 * Any other value contains the number of the owner, {@link #QUARANTINED} or {@link #TRASHED}.
 *
 * <pre>
 *   15    14      13                          0
 *   | raw | noted | number of the owner       |    a type or zone, from 1; the two highest numbers have no owner
 * </pre>
 */
public final class Tags {

    /** The number in the tag of a block in quarantine. The block is not free and has no owner. */
    public static final int QUARANTINED = (1 << 14) - 1;

    /**
     * The number in the tag of a free item that was filled with a pattern when it was freed. Like 0, it marks a free item, and the tag of
     * the next allocation replaces it.
     */
    public static final int TRASHED = QUARANTINED - 1;

    /** The highest number that a type or zone may have. */
    public static final int MAX_NUMBER = TRASHED - 1;

    /** The bit in the tag of a block that was handed out by address. */
    public static final int RAW = 1 << 15;

    /**
     * The bit in the tag of a block that has a record ({@link Slab#note(int)}). With this bit, the comparison on the fast path always
     * fails, even if the level of the type has changed since the allocation.
     */
    public static final int NOTED = 1 << 14;

    /** The mask of the bits that hold the number. */
    private static final int NUMBER = NOTED - 1;

    private Tags() {}

    /** Returns the number in a tag. The number 0 marks a free item. */
    public static int number(int tag) {
        return tag & NUMBER;
    }

    /** Returns whether the block belongs to the type or zone with the given number. The RAW and NOTED bits are ignored. */
    public static boolean isOf(int tag, int number) {
        return (tag & NUMBER) == number;
    }

    /** Returns whether the block was handed out by address. */
    public static boolean isRaw(int tag) {
        return (tag & RAW) != 0;
    }

    /** Returns whether the tag has the bit {@link #NOTED}: the block has a record. A free item may have a record without this bit. */
    public static boolean isNoted(int tag) {
        return (tag & NOTED) != 0;
    }
}
