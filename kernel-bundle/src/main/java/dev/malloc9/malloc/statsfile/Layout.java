package dev.malloc9.malloc.statsfile;

import java.nio.charset.StandardCharsets;

/**
 * The layout of a statistics file: a header, a directory, and a stream in the format of {@code kern.malloc_stats}. The stream has a fixed
 * number of places, one for each type. Numbers are in the host's byte order.
 *
 * <pre>
 *      0 | magic "malloc9s"                    |
 *      8 | version u32       | state u32       |   state: 0 being made, 1 in use or its kernel was killed, 2 ended cleanly
 *     16 | booted, ms of the epoch             |
 *     24 | ended, ms of the epoch, or 0        |
 *     32 | process id                          |
 *     40 | bytes of an OS page                 |
 *     48 | offset of the stream                |
 *     56 | capacity: places for types          |
 *     64 | types that found no place           |
 *      : | 0                                   |
 *   4096 | directory: for each place a u64     |   0: empty; otherwise the ordinal number of the type's registration, from 1
 *      : | 0 0                                 |
 * stream | version u32 = 1   | maxcpus u32=32  |   from here on as in malloc_type_stream_header
 *     +8 | count u32: places ever used | 0 u32 |
 *    +16 | place 0: name char[32]              |   malloc_type_header
 *    +48 |   32 times malloc_type_stats        |   CPUs 0 to 30 have one each, all others share the last
 *  +2096 | place 1                             |
 *      : |                                     |
 *
 *        0             8          16          24         32      40     64
 *  stats | memalloced  | memfreed | numallocs | numfrees | size  | 0 0 0 |
 * </pre>
 *
 * <p>If the directory entry of a place is 0, the contents of the place have no meaning. A type is therefore added or removed by one store.
 */
final class Layout {

    /** The first bytes of every statistics file, in ASCII. */
    static final byte[] MAGIC = "malloc9s".getBytes(StandardCharsets.US_ASCII);

    static final long VERSION_OFFSET = 8;
    static final long STATE_OFFSET = 12;
    static final long BOOTED_OFFSET = 16;
    static final long ENDED_OFFSET = 24;
    static final long PID_OFFSET = 32;
    static final long PAGE_OFFSET = 40;
    static final long STREAM_OFFSET_OFFSET = 48;
    static final long CAPACITY_OFFSET = 56;
    static final long MISSED_OFFSET = 64;
    static final long DIRECTORY_OFFSET = 4096;

    static final int VERSION = 1;
    static final int BEING_MADE = 0;
    static final int IN_USE = 1;
    static final int ENDED_CLEANLY = 2;

    /** The offset of the version from the beginning of the stream, in bytes. The following three offsets also count from there. */
    static final long STREAM_VERSION_OFFSET = 0;

    static final long MAXCPUS_OFFSET = 4;
    static final long COUNT_OFFSET = 8;
    static final long PLACES_OFFSET = 16;

    static final int STREAM_VERSION = 1;
    static final int MAXCPUS = 32;

    /** The first of the CPUs that share the last record. */
    static final int SHARED_CPU = MAXCPUS - 1;

    /** The length of the name in bytes. The name is at the beginning of the place. */
    static final long NAME_BYTES = 32;

    /** The offset of the CPUs' records from the beginning of the place, in bytes. */
    static final long STATS_OFFSET = NAME_BYTES;

    /** The size of one CPU's record in bytes. */
    static final long STATS_BYTES = 64;

    /** The size of a place in bytes. */
    static final long PLACE_BYTES = STATS_OFFSET + MAXCPUS * STATS_BYTES;

    /** The index of a word of 8 bytes in a CPU's record: the bytes allocated. The following four constants are such indexes too. */
    static final int MEMALLOCED = 0;

    static final int MEMFREED = 1;
    static final int NUMALLOCS = 2;
    static final int NUMFREES = 3;
    static final int SIZE = 4;

    /** The length of a CPU's record in words of 8 bytes. */
    static final int STATS_WORDS = 8;

    /** The offset of the byte that the kernel locks. It lies behind all data, because some systems do not allow reading of locked bytes. */
    static final long LOCK_OFFSET = 1L << 40;

    /**
     * The number of bytes between directory and stream. If the capacity is a multiple of 8, they align the CPUs' records of every other
     * place to cache lines of 64 bytes.
     */
    private static final long PAD = 16;

    private Layout() {}

    /** Returns the offset of the stream in the file, in bytes. */
    static long streamOffset(int capacity) {
        return DIRECTORY_OFFSET + (long) capacity * Long.BYTES + PAD;
    }

    /** Returns the offset of a place in the file, in bytes. Places are numbered from 0. */
    static long placeOffset(int capacity, int place) {
        return streamOffset(capacity) + PLACES_OFFSET + place * PLACE_BYTES;
    }

    /** Returns the size in bytes of a file with the given number of places. */
    static long fileBytes(int capacity) {
        return placeOffset(capacity, capacity);
    }
}
