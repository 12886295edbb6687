package malloc9.malloc;

import malloc9.uma.Slab;

/**
 * What a slab's tag says of a block's owner: 0 free, else whose it is and by which door it was handed out.
 *
 * <pre>
 *   15    14                          0
 *   | raw | number of the type, 1 ... |    the highest number: in quarantine, nobody's
 * </pre>
 */
final class Tags {

    /** In quarantine: neither free nor anybody's. */
    static final int QUARANTINED = Short.MAX_VALUE;

    /** The highest number that a type may have. */
    static final int MAX_NUMBER = QUARANTINED - 1;

    /** Set in the tag of a block that was handed out by address. */
    static final int RAW = 1 << 15;

    private Tags() {}

    /** The number that a tag carries. */
    static int number(int tag) {
        return Slab.owner(tag) & ~RAW;
    }

    /** Whether the block is of the type with that number, by either door. */
    static boolean isOf(int tag, int number) {
        return (Slab.owner(tag) & ~RAW) == number;
    }

    /** Whether the block was handed out by address. */
    static boolean isRaw(int tag) {
        return (tag & RAW) != 0;
    }
}
