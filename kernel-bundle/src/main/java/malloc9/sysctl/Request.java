package malloc9.sysctl;

import malloc9.api.sysctl.Errno;
import org.jspecify.annotations.Nullable;

/**
 * One call on a variable: the old value goes out, a new one may come in (struct sysctl_req).
 *
 * <p>The rules are those of FreeBSD's kernel: each piece that goes out counts with its whole length; without a consumer nothing is
 * handed over, so that the count is the value's length; what goes beyond the consumer's room is cut off, and is ENOMEM.
 */
public final class Request {

    /** Takes what goes out. */
    @FunctionalInterface
    interface Consumer {
        /** @return 0, or an error's number, after which nothing more should come */
        int take(byte[] data, int from, int count);
    }

    private final @Nullable Consumer consumer;
    private final long room;
    private final byte @Nullable [] value;
    private long produced;
    private int consumed;

    /**
     * A call.
     *
     * @param consumer of the old value, or null for its length only
     * @param room bytes that the consumer has room for
     * @param value the new value, or null for none
     */
    Request(@Nullable Consumer consumer, long room, byte @Nullable [] value) {
        this.consumer = consumer;
        this.room = room;
        this.value = value;
    }

    /** Hands a piece of the old value over (SYSCTL_OUT); 0, or the error's number. */
    public int out(byte[] data) {
        return out(data, 0, data.length);
    }

    /** As above, a part of an array. */
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

    /** Whether there is a new value. */
    public boolean writes() {
        return value != null;
    }

    /** Bytes of the new value that were not taken yet. */
    public int pending() {
        return value == null ? 0 : value.length - consumed;
    }

    /** Takes the next piece of the new value (SYSCTL_IN); 0, or EINVAL's number if there is not so much. */
    public int in(byte[] into) {
        if (value == null || into.length > pending()) {
            return Errno.EINVAL.number();
        }
        System.arraycopy(value, consumed, into, 0, into.length);
        consumed += into.length;
        return 0;
    }

    /** The length that the caller is told: of the value, or of what a shorter buffer holds. */
    long length() {
        return consumer == null ? produced : Math.min(produced, room);
    }
}
