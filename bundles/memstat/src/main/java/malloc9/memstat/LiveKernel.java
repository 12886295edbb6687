package malloc9.memstat;

import static malloc9.memstat.MemstatError.DATAERROR;
import static malloc9.memstat.MemstatError.NOMEMORY;
import static malloc9.memstat.MemstatError.PERMISSION;
import static malloc9.memstat.MemstatError.TOOMANYCPUS;
import static malloc9.memstat.MemstatError.VERSION;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads a stream from a running kernel: makes room for as many records as the kernel says there are, and tries again if by then
 * there are more.
 *
 * <p>Each attempt makes room for twice as many newcomers as the one before; libmemstat makes none, and tries without end.
 */
final class LiveKernel {

    static final String MAXCPUS_KNOB = "kern.smp.maxcpus";

    /** In the last one there is room for 16,383 newcomers. */
    static final int ATTEMPTS = 15;

    private final Knobs knobs;

    LiveKernel(Knobs knobs) {
        this.knobs = knobs;
    }

    /** The bytes of the stream; none if the kernel gives none. */
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
            // A number that does not fit has the wrong size.
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
