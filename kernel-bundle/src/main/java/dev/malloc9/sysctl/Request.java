package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Errno;
import org.jspecify.annotations.Nullable;

/**
 * A call on a variable: the old value is read, and a new one may be written (struct sysctl_req). A request is used by one thread.
 *
 * <p>The rules are the rules of FreeBSD's kernel:
 * <ul>
 *   <li>Each piece of the old value is counted with its whole length.
 *   <li>Without a consumer nothing is copied, so that the count is the value's length.
 *   <li>Bytes beyond the consumer's room are cut off, and the call fails with ENOMEM.
 * </ul>
 */
public final class Request {

    /** A receiver of the old value. */
    @FunctionalInterface
    interface Consumer {
        /**
         * Receives bytes.
         *
         * @param from the index of the first byte
         * @param count the number of bytes, at least 1
         * @return 0, or an error number; after an error the handler should send no more bytes
         */
        int take(byte[] data, int from, int count);
    }

    private final @Nullable Consumer consumer;
    private final long room;
    private final byte @Nullable [] value;
    /** The number of bytes of the old value so far, with the ones that were cut off. */
    private long produced;
    /** The number of bytes of the new value that the handler has taken. */
    private int consumed;

    /**
     * Creates a request.
     *
     * @param consumer the receiver of the old value; null if only its length is wanted
     * @param room the number of bytes that the consumer has room for
     * @param value the new value; null for a read
     */
    Request(@Nullable Consumer consumer, long room, byte @Nullable [] value) {
        this.consumer = consumer;
        this.room = room;
        this.value = value;
    }

    /** Sends a piece of the old value to the consumer (SYSCTL_OUT). Returns 0 or an error number. */
    public int out(byte[] data) {
        return out(data, 0, data.length);
    }

    /** Sends a part of an array to the consumer. Returns 0 or an error number: ENOMEM if not all of it fits. */
    public int out(byte[] data, int from, int count) {
        long before = produced;
        produced += count;
        if (consumer == null) {
            return 0;
        }
        int fits = Math.clamp(room - before, 0, count);
        int error = fits == 0 ? 0 : consumer.take(data, from, fits);
        return error == 0 && fits < count ? Errno.ENOMEM.number() : error;
    }

    /** Returns whether there is a new value. */
    public boolean writes() {
        return value != null;
    }

    /** Returns the number of bytes of the new value that were not taken yet; 0 if there is no new value. */
    public int pending() {
        return value == null ? 0 : value.length - consumed;
    }

    /**
     * Takes the next piece of the new value (SYSCTL_IN). Fills the whole array and returns 0. If fewer bytes are left, takes none and
     * returns the number of EINVAL.
     */
    public int in(byte[] into) {
        if (value == null || into.length > pending()) {
            return Errno.EINVAL.number();
        }
        System.arraycopy(value, consumed, into, 0, into.length);
        consumed += into.length;
        return 0;
    }

    /** Returns the length to report to the caller: the length of the value, or the number of bytes in a buffer that was too short. */
    long length() {
        return consumer == null ? produced : Math.min(produced, room);
    }
}
