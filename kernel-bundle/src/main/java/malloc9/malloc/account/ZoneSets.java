package malloc9.malloc.account;

import java.nio.charset.StandardCharsets;

/**
 * Parallel sets of the size classes' zones (MALLOC_DEBUG_MAXZONES, row 9): a type allocates from one set only, which its
 * name and {@code offset} choose. Types of different sets never share a slab, so that who corrupts whose blocks is
 * narrowed down by booting with different offsets.
 *
 * @param count how many (debug.malloc.numzones); 1 is the feature off
 * @param offset which character of the name decides (debug.malloc.zone_offset), unsigned
 */
public record ZoneSets(int count, int offset) {

    /** Most sets there can be: what FreeBSD's GENERIC kernel is built with. */
    public static final int MAX = 8;

    /** FreeBSD's own default, the version of its kernel: any number that differs from build to build will do. */
    public static final int DEFAULT_OFFSET = 900_023;

    /** The feature off. */
    public static final ZoneSets ONE = new ZoneSets(1, DEFAULT_OFFSET);

    /** A count below 1 is 1, and one above {@link #MAX} is that. */
    public ZoneSets {
        count = Math.clamp(count, 1, MAX);
    }

    /** The set of types of that name: the deciding byte modulo the number of sets; that C's char has a sign makes no odds up to 8. */
    public int of(String type) {
        byte[] name = type.getBytes(StandardCharsets.UTF_8);
        return name.length == 0 ? 0 : Byte.toUnsignedInt(name[Integer.remainderUnsigned(offset, name.length)]) % count;
    }
}
