package dev.malloc9.memstat;

import static dev.malloc9.memstat.MemstatError.DATAERROR;
import static dev.malloc9.memstat.MemstatError.NOMEMORY;
import static dev.malloc9.memstat.MemstatError.TOOMANYCPUS;
import static dev.malloc9.memstat.MemstatError.VERSION;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A statistics stream: a header and records of one size, newest first. Nothing in it is used before it has been checked.
 *
 * <h2>Implementation note</h2>
 *
 * <p><b>Layout.</b> The byte order is that of the machine that wrote the stream, and is recognized by the version:
 *
 * <pre>
 *     0        4        8        12       16
 *     +--------+--------+--------+--------+----------+---------+-----+---------+----------+---
 *     | version| maxcpus| count  |   0    | record 0 | CPU 0's | ... | maxcpus | record 1 | ...
 *     |   1    |        |        |        | 32 / 120 |   64    |     |   - 1   |          |
 *     +--------+--------+--------+--------+----------+---------+-----+---------+----------+---
 * </pre>
 *
 * <p><b>Concurrency.</b> None: one thread parses a stream, from an array of its own.
 *
 * <p><b>Invariants.</b> {@link #samples} reads records only if the number of bytes is exactly that of the header and its records. No
 * read can therefore leave the array.
 *
 * <p><b>Cost.</b> The memory is proportional to the bytes that arrive, not to the count in the header, and is at most {@link
 * #MAX_BYTES} for the bytes.
 *
 * <p><b>Differs from BSD.</b> libmemstat trusts the layout once it has seen the header.
 */
final class StatisticsStream {

    /** The largest number of bytes that is read. With 32 CPUs this is more than thirty thousand malloc types. */
    static final int MAX_BYTES = 64 << 20;

    static final int HEADER_BYTES = 16;
    private static final int CPU_BYTES = 64;

    private static final int VERSION_AT = 0;
    private static final int MAXCPUS_AT = 4;
    private static final int COUNT_AT = 8;
    private static final int STREAM_VERSION = 1;

    private final ByteBuffer bytes;
    private final int maxcpus;
    private final long count;

    private StatisticsStream(ByteBuffer bytes, int maxcpus, long count) {
        this.bytes = bytes;
        this.maxcpus = maxcpus;
        this.count = count;
    }

    /**
     * Checks the header of a stream that begins with the given bytes. The length is checked later, by {@link #samples}.
     *
     * @throws MemstatFailed VERSION for a cut header or another version; TOOMANYCPUS or DATAERROR for a wrong number of CPUs
     */
    static StatisticsStream of(byte[] data) {
        if (data.length < HEADER_BYTES) {
            throw new MemstatFailed(VERSION, Messages.cutHeader(data.length));
        }
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(VERSION_AT) == Integer.reverseBytes(STREAM_VERSION)) {
            bytes.order(ByteOrder.BIG_ENDIAN);
        }
        long version = Integer.toUnsignedLong(bytes.getInt(VERSION_AT));
        if (version != STREAM_VERSION) {
            throw new MemstatFailed(VERSION, Messages.version(version));
        }
        long maxcpus = Integer.toUnsignedLong(bytes.getInt(MAXCPUS_AT));
        if (maxcpus > MemoryType.MAXCPU) {
            throw new MemstatFailed(TOOMANYCPUS, Messages.tooManyCpus(maxcpus));
        }
        if (maxcpus == 0) {
            throw new MemstatFailed(DATAERROR, Messages.noCpus());
        }
        return new StatisticsStream(bytes, (int) maxcpus, Integer.toUnsignedLong(bytes.getInt(COUNT_AT)));
    }

    /** Reads the bytes of a stream of either kind; at most one byte more than the longer of the two kinds would have. */
    static byte[] readFrom(InputStream in) throws IOException {
        return readFrom(in.readNBytes(HEADER_BYTES), in);
    }

    /**
     * Reads a stream whose header has been read already.
     *
     * @throws MemstatFailed as {@link #of} for the header; NOMEMORY if the announced length and the bytes that arrive exceed
     *     {@link #MAX_BYTES}
     */
    static byte[] readFrom(byte[] header, InputStream in) throws IOException {
        StatisticsStream claimed = of(header);
        long longest = Math.max(claimed.length(RecordKind.MALLOC), claimed.length(RecordKind.ZONE));
        // One byte more than the longest correct stream is read. It shows that the stream is too long, without reading
        // to
        // its end.
        int most = (int) Math.min(longest, MAX_BYTES) + 1 - HEADER_BYTES;
        byte[] rest = in.readNBytes(most);
        int length = HEADER_BYTES + rest.length;
        if (length > MAX_BYTES) {
            throw new MemstatFailed(NOMEMORY, Messages.tooLong(longest));
        }
        byte[] all = Arrays.copyOf(header, length);
        System.arraycopy(rest, 0, all, HEADER_BYTES, rest.length);
        return all;
    }

    /** Returns the length that a stream of the given kind with this header has. */
    private long length(RecordKind kind) {
        return length(kind, count, maxcpus);
    }

    static long length(RecordKind kind, long count, int maxcpus) {
        return HEADER_BYTES + count * (kind.bytes() + (long) maxcpus * CPU_BYTES);
    }

    boolean is(RecordKind kind) {
        return bytes.capacity() == length(kind);
    }

    /** Returns the kind of records that fits the number of bytes; MALLOC if both fit, as without records, or neither does. */
    RecordKind kind() {
        return is(RecordKind.ZONE) && !is(RecordKind.MALLOC) ? RecordKind.ZONE : RecordKind.MALLOC;
    }

    /**
     * Returns the records, oldest first, which is the order of libmemstat's lists.
     *
     * @throws MemstatFailed DATAERROR if the number of bytes is wrong or a name has no terminating zero
     */
    List<Sample> samples(RecordKind kind) {
        if (!is(kind)) {
            throw new MemstatFailed(DATAERROR, Messages.wrongLength(bytes.capacity(), count, maxcpus));
        }
        List<Sample> samples = new ArrayList<>();
        bytes.position(HEADER_BYTES);
        for (int i = 0; i < count; i++) {
            String name = name(i);
            samples.add(new Sample(name, kind.read(bytes, maxcpus)));
        }
        Collections.reverse(samples);
        return samples;
    }

    private String name(int record) {
        byte[] field = new byte[MemoryType.MAXNAME];
        bytes.get(field);
        for (int i = 0; i < field.length; i++) {
            if (field[i] == 0) {
                return Name.decode(Arrays.copyOf(field, i));
            }
        }
        throw new MemstatFailed(DATAERROR, Messages.endlessName(record));
    }
}
