package dev.malloc9.memstat;

import static dev.malloc9.memstat.MemstatError.DATAERROR;
import static dev.malloc9.memstat.MemstatError.NOMEMORY;
import static dev.malloc9.memstat.MemstatError.PERMISSION;
import static dev.malloc9.memstat.MemstatError.TOOMANYCPUS;
import static dev.malloc9.memstat.MemstatError.VERSION;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads a stream from a running kernel. The buffer has room for the number of records that the kernel reports. If there are more
 * records by the time of the read, the read is tried again.
 *
 * <p>Each attempt has room for about twice as many additional records as the attempt before. libmemstat has no such room, and
 * retries without limit.
 */
final class LiveKernel {

    static final String MAXCPUS_KNOB = "kern.smp.maxcpus";

    /** The number of attempts. The last one has room for 16,383 additional records. */
    static final int ATTEMPTS = 15;

    private final Knobs knobs;

    LiveKernel(Knobs knobs) {
        this.knobs = knobs;
    }

    /**
     * Returns the bytes of the stream; an empty array if the value of the knob is empty.
     *
     * @throws MemstatFailed NOMEMORY if the stream is too long or grew with each attempt; PERMISSION, TOOMANYCPUS, VERSION or
     *     DATAERROR if a knob cannot be used
     */
    byte[] read(RecordKind kind) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int maxcpus = number(MAXCPUS_KNOB, DATAERROR);
            if (maxcpus > MemoryType.MAXCPU) {
                throw new MemstatFailed(TOOMANYCPUS, Messages.tooManyCpus(maxcpus));
            }
            long newcomers = (1L << attempt) - 1;
            long count = number(kind.countKnob(), VERSION) + newcomers;
            long length = StatisticsStream.length(kind, count, maxcpus);
            if (length > StatisticsStream.MAX_BYTES) {
                throw new MemstatFailed(NOMEMORY, Messages.tooLong(length));
            }
            byte[] room = new byte[(int) length];
            try {
                int bytes = read(kind.streamKnob(), room);
                return Arrays.copyOf(room, bytes);
            } catch (KnobFailed e) {
                if (e.errno() != KnobFailed.Errno.ENOMEM) {
                    throw failure(e, VERSION);
                }
            }
        }
        throw new MemstatFailed(NOMEMORY, Messages.grewTooFast(kind.streamKnob(), ATTEMPTS));
    }

    private int number(String knob, MemstatError otherwise) {
        byte[] room = new byte[Integer.BYTES];
        int bytes;
        try {
            bytes = read(knob, room);
        } catch (KnobFailed e) {
            // ENOMEM means that the value is longer than an int.
            throw failure(e, e.errno() == KnobFailed.Errno.ENOMEM ? DATAERROR : otherwise);
        }
        if (bytes != Integer.BYTES) {
            throw new MemstatFailed(DATAERROR, Messages.wrongSize(knob, bytes));
        }
        int value = ByteBuffer.wrap(room).order(ByteOrder.nativeOrder()).getInt();
        if (value < 0) {
            throw new MemstatFailed(DATAERROR, Messages.negative(knob, value));
        }
        return value;
    }

    private int read(String knob, byte[] room) throws KnobFailed {
        int bytes = knobs.read(knob, room);
        if (bytes < 0 || bytes > room.length) {
            throw new MemstatFailed(DATAERROR, Messages.wrongSize(knob, bytes));
        }
        return bytes;
    }

    private static MemstatFailed failure(KnobFailed cause, MemstatError otherwise) {
        return switch (cause.errno()) {
            case EPERM, EACCES -> new MemstatFailed(PERMISSION, cause);
            case ENOMEM, OTHER -> new MemstatFailed(otherwise, cause);
        };
    }
}
