package dev.malloc9.malloc.account;

import java.nio.charset.StandardCharsets;

/**
 * The configuration of parallel sets of the size classes' zones (MALLOC_DEBUG_MAXZONES). A type allocates from one set at a time. Its name
 * and {@code offset} determine the set until a hit moves the type ({@code Suspects}). Slabs of different sets are separate. The type that
 * corrupts the blocks of another one is therefore narrowed down by booting with different offsets.
 *
 * @param count the number of sets (debug.malloc.numzones), from 1 to {@link #MAX}; 1 disables the feature
 * @param offset the index of the deciding byte of the name, modulo the name's length (debug.malloc.zone_offset); unsigned
 */
public record ZoneSets(int count, int offset) {

    /** The largest number of sets. FreeBSD's GENERIC kernel is built with this number. */
    public static final int MAX = 8;

    /** The default of FreeBSD, which is the version of its kernel. Any number that differs from build to build would do. */
    public static final int DEFAULT_OFFSET = 900_023;

    /** The configuration with one set: the feature is disabled. */
    public static final ZoneSets ONE = new ZoneSets(1, DEFAULT_OFFSET);

    /** Limits the count to the range from 1 to {@link #MAX}. */
    public ZoneSets {
        count = Math.clamp(count, 1, MAX);
    }

    /**
     * Returns the set of the types with a given name: the deciding byte of the name in UTF-8, modulo the number of sets. The empty name has
     * set 0. A C char may be signed; for up to 8 sets the result is the same.
     */
    public int of(String type) {
        byte[] name = type.getBytes(StandardCharsets.UTF_8);
        return name.length == 0 ? 0 : Byte.toUnsignedInt(name[Integer.remainderUnsigned(offset, name.length)]) % count;
    }
}
