package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Errno;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A string buffer of fixed size that passes its bytes to a drain when it is full (sbuf(9)).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one byte is kept for a NUL. A buffer of 128 bytes therefore drains in pieces of 127 bytes, and a buffer of two bytes
 *       drains every byte separately.
 *   <li>Concurrency: a buffer is used by one thread. No lock is held while the drain is called.
 *   <li>Invariants: the drain is called when the buffer is full and another byte is appended, and by {@link #finish}. After an error no
 *       byte is accepted until {@link #finish} has returned the error.
 *   <li>Cost: each byte is copied twice.
 *   <li>Differs from BSD: a buffer without a drain does not grow; the kernel does not need that.
 * </ul>
 */
public final class Sbuf {

    private final byte[] data;
    private final @Nullable SbufDrain drain;
    /** The number of bytes that were appended and not drained. */
    private int length;
    /** The number of the first error since the last {@link #finish}; 0 for none. */
    private int error;

    /**
     * Creates an empty buffer.
     *
     * @param size the size in bytes, at least 2; one byte is for the NUL
     * @param drain the receiver of the bytes; if it is null, a full buffer is the error ENOMEM
     * @throws IllegalArgumentException if the size is less than 2
     */
    public Sbuf(int size, @Nullable SbufDrain drain) {
        if (size < 2) {
            throw new IllegalArgumentException(Messages.tinySbuf(size));
        }
        this.data = new byte[size];
        this.drain = drain;
    }

    /** Returns a buffer that drains into the answer of a request (sbuf_new_for_sysctl). */
    public static Sbuf forRequest(int size, Request request) {
        return new Sbuf(size, (data, length) -> {
            int error = request.out(data, 0, length);
            return error == 0 ? length : -error;
        });
    }

    /**
     * Appends bytes (sbuf_bcat).
     *
     * @return false if there was an error in this call or before
     * @throws IllegalStateException if the drain returns 0, or more than the number of bytes it was given
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

    /** Returns the number of the first error; 0 for none (sbuf_error). */
    public int error() {
        return error;
    }

    /**
     * Drains the remaining bytes (sbuf_finish). Without a drain, or after an error, they stay.
     *
     * @return the number of the first error, which is cleared; 0 for none
     * @throws IllegalStateException as {@link #append}
     */
    public int finish() {
        while (drain != null && length > 0 && error == 0) {
            makeRoom();
        }
        int first = error;
        error = 0;
        return first;
    }

    /**
     * Returns a copy of the content (sbuf_data, sbuf_len).
     *
     * @throws IllegalStateException if the buffer has a drain
     */
    public byte[] bytes() {
        if (drain != null) {
            throw new IllegalStateException(Messages.DRAINED);
        }
        return Arrays.copyOf(data, length);
    }

    /** Drains the buffer once, and returns whether that succeeded. Sets {@code error} if it did not. */
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
