package malloc9.malloc.account;

import malloc9.uma.Slab;

/**
 * What a slab's tag says of a block's owner: 0 free, else whose it is and by which door it was handed out.
 *
 * <pre>
 *   15    14      13                          0
 *   | raw | noted | number of the type, 1 ... |    the two highest numbers: nobody's
 * </pre>
 */
public final class Tags {

    /** In quarantine: neither free nor anybody's. */
    public static final int QUARANTINED = (1 << 14) - 1;

    /** Free, and filled with trash when it was freed; gives way to the next tag like 0, which says free as well. */
    public static final int TRASHED = QUARANTINED - 1;

    /** The highest number that a type may have. */
    public static final int MAX_NUMBER = TRASHED - 1;

    /** Set in the tag of a block that was handed out by address. */
    public static final int RAW = 1 << 15;

    /**
     * Set in the tag of a block that somebody keeps a record of ({@link Slab#note(int)}): the fast path's comparison fails, whatever
     * its type's level is by then.
     */
    public static final int NOTED = 1 << 14;

    private static final int NUMBER = NOTED - 1;

    private Tags() {}

    /** The number that a tag carries. */
    public static int number(int tag) {
        return tag & NUMBER;
    }

    /** Whether the block is of the type with that number, by either door. */
    public static boolean isOf(int tag, int number) {
        return (tag & NUMBER) == number;
    }

    /** Whether the block was handed out by address. */
    public static boolean isRaw(int tag) {
        return (tag & RAW) != 0;
    }

    /** Whether there is a record of the block. */
    public static boolean isNoted(int tag) {
        return (tag & NOTED) != 0;
    }
}
