package malloc9.malloc;

/**
 * What a block's tag says: 0 free, else whose it is and by which door it was handed out.
 *
 * <pre>
 *   15    14                          0
 *   | raw | number of the type, 1 ... |    the highest number: in quarantine, nobody's
 * </pre>
 */
final class Tags {

    /** In quarantine: neither free nor anybody's. */
    static final short QUARANTINED = Short.MAX_VALUE;

    /** The highest number that a type may have. */
    static final int MAX_NUMBER = QUARANTINED - 1;

    private static final int RAW = 1 << 15;

    private Tags() {}

    /** The tag of a segment's block. */
    static short of(int number) {
        return (short) number;
    }

    /** The tag of a block that was handed out by address. */
    static short rawOf(int number) {
        return (short) (number | RAW);
    }

    /** The number that a tag carries. */
    static int number(short tag) {
        return tag & Short.MAX_VALUE;
    }

    /** Whether the block is of the type with that tag, by either door. */
    static boolean isOf(short tag, short typesTag) {
        return (tag & Short.MAX_VALUE) == typesTag;
    }

    /** Whether the block was handed out by address. */
    static boolean isRaw(short tag) {
        return tag < 0;
    }
}
