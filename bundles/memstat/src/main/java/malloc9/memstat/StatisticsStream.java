package malloc9.memstat;

import static malloc9.memstat.MemstatError.DATAERROR;
import static malloc9.memstat.MemstatError.NOMEMORY;
import static malloc9.memstat.MemstatError.TOOMANYCPUS;
import static malloc9.memstat.MemstatError.VERSION;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A statistics stream is a header and, newest first, records of one size; nothing in it is believed before it has been checked.
 *
 * <h2>Implementation note</h2>
 *
 * <p><b>Layout.</b> In the byte order of the machine that wrote it, which the version tells:
 *
 * <pre>
 *     0        4        8        12       16
 *     +--------+--------+--------+--------+----------+---------+-----+---------+----------+---
 *     | version| maxcpus| count  |   0    | record 0 | CPU 0's | ... | maxcpus | record 1 | ...
 *     |   1    |        |        |        | 32 / 120 |   64    |     |   - 1   |          |
 *     +--------+--------+--------+--------+----------+---------+-----+---------+----------+---
 * </pre>
 *
 * <p><b>Concurrency.</b> None: a stream is parsed by one thread, from bytes that are its own.
 *
 * <p><b>Invariants.</b> Once the header has been checked, the bytes are exactly those of its records, so that no later read can
 * leave them.
 *
 * <p><b>Cost.</b> Memory in proportion to the bytes that came, whatever the header claims, and at most {@link #MAX_BYTES}.
 *
 * <p><b>Differs from BSD.</b> libmemstat trusts the layout once it has seen the header.
 */
final class StatisticsStream {

    /** The most that is read: more than thirty thousand types. */
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

    /** Looks at the header of a stream that begins with these bytes. */
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

    /** The bytes of a stream of unknown kind, and no more than there are. */
    static byte[] readFrom(InputStream in) throws IOException {
        return readFrom(in.readNBytes(HEADER_BYTES), in);
    }

    /** The same, if its header has been read. */
    static byte[] readFrom(byte[] header, InputStream in) throws IOException {
        StatisticsStream claimed = of(header);
        long longest = Math.max(claimed.length(RecordKind.MALLOC), claimed.length(RecordKind.ZONE));
        // One byte more than can be right tells a stream that is too long, without reading to its end.
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

    /** The length of a stream of that kind with this header. */
    private long length(RecordKind kind) {
        return length(kind, count, maxcpus);
    }

    static long length(RecordKind kind, long count, int maxcpus) {
        return HEADER_BYTES + count * (kind.bytes() + (long) maxcpus * CPU_BYTES);
    }

    boolean is(RecordKind kind) {
        return bytes.capacity() == length(kind);
    }

    /** The kind whose records have these bytes; malloc's if there are none. */
    RecordKind kind() {
        return is(RecordKind.ZONE) && !is(RecordKind.MALLOC) ? RecordKind.ZONE : RecordKind.MALLOC;
    }

    /** The records, oldest first, as libmemstat's lists have them. */
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
