package malloc9.sysctl;

import java.util.Arrays;
import malloc9.api.sysctl.Errno;
import org.jspecify.annotations.Nullable;

/**
 * A string buffer of fixed size, whose drain takes what does not fit (sbuf(9)).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one byte is kept for a NUL, so that a buffer of 128 bytes drains in pieces of 127, and one of two bytes does
 *       not buffer at all.
 *   <li>Concurrency: used by one thread; no lock is held while the drain is called.
 *   <li>Invariants: the drain is called when the buffer is full and another byte comes, and at the end. After an error nothing is
 *       taken in any more.
 *   <li>Cost: each byte is copied twice.
 *   <li>Differs from BSD: without a drain it does not grow, which nobody needs here.
 * </ul>
 */
public final class Sbuf {

    private final byte[] data;
    private final @Nullable Drain drain;
    private int length;
    private int error;

    /**
     * An empty buffer.
     *
     * @param size in bytes, one of them for the NUL
     * @param drain takes what does not fit; without one that is ENOMEM
     */
    public Sbuf(int size, @Nullable Drain drain) {
        if (size < 2) {
            throw new IllegalArgumentException(Messages.tinySbuf(size));
        }
        this.data = new byte[size];
        this.drain = drain;
    }

    /** A buffer that drains into the answer of a request (sbuf_new_for_sysctl). */
    public static Sbuf forRequest(int size, Request request) {
        return new Sbuf(size, (data, length) -> {
            int error = request.out(data, 0, length);
            return error == 0 ? length : -error;
        });
    }

    /**
     * Appends bytes (sbuf_bcat).
     *
     * @return false if there was an error, now or before
     */
    public boolean append(byte[] bytes) {
        int from = 0;
        while (error == 0 && from < bytes.length) {
            if (length == data.length - 1 && !makeRoom()) {
                break;
            }
            int count = Math.min(bytes.length - from, data.length - 1 - length);
            System.arraycopy(bytes, from, data, length, count);
            length += count;
            from += count;
        }
        return error == 0;
    }

    /** The number of the error that sticks; 0 for none (sbuf_error). */
    public int error() {
        return error;
    }

    /**
     * Drains what is left (sbuf_finish).
     *
     * @return the number of the first error, which is forgotten then; 0 for none
     */
    public int finish() {
        while (drain != null && length > 0 && error == 0) {
            makeRoom();
        }
        int first = error;
        error = 0;
        return first;
    }

    /** What is in it; for a buffer without a drain (sbuf_data, sbuf_len). */
    public byte[] bytes() {
        if (drain != null) {
            throw new IllegalStateException(Messages.DRAINED);
        }
        return Arrays.copyOf(data, length);
    }

    private boolean makeRoom() {
        if (drain == null) {
            error = Errno.ENOMEM.number();
            return false;
        }
        int taken = drain.drain(data, length);
        if (taken < 0) {
            error = -taken;
            return false;
        }
        if (taken == 0 || taken > length) {
            throw new IllegalStateException(Messages.badDrain(taken, length));
        }
        System.arraycopy(data, taken, data, 0, length - taken);
        length -= taken;
        return true;
    }
}
