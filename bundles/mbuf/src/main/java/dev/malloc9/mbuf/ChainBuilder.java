package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;

import org.jspecify.annotations.Nullable;

/** A chain under construction. Closing the builder frees the mbufs that were added, unless the chain was taken. For one thread. */
final class ChainBuilder implements AutoCloseable {

    private final Mbufs mbufs;
    private @Nullable Mbuf first;
    private @Nullable Mbuf last;

    ChainBuilder(Mbufs mbufs) {
        this.mbufs = mbufs;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Returns the first mbuf of the chain; the chain must not be empty. */
    Mbuf first() {
        return Mbufs.present(first);
    }

    /** Appends an mbuf and takes ownership of it. Returns false if the mbuf is null. */
    boolean add(@Nullable Mbuf mbuf) {
        if (mbuf == null) {
            return false;
        }
        if (last == null) {
            first = mbuf;
        } else {
            last.next = mbuf;
        }
        last = mbuf;
        return true;
    }

    /**
     * Appends empty mbufs with room for the given number of bytes, at least one mbuf. With {@code header}, the first mbuf of an empty chain
     * gets a packet header. Returns false if there is no memory for all; the mbufs added so far stay.
     */
    boolean addRoom(int bytes, boolean header, int type, long how) {
        int left = bytes;
        boolean more = true;
        while (more) {
            int flags = header && isEmpty() ? M_PKTHDR : 0;
            Mbuf made;
            if (left >= MbufFlags.MINCLSIZE) {
                made = mbufs.getcl(how, type, flags);
            } else {
                made = flags == 0 ? mbufs.get(how, type) : mbufs.gethdr(how, type);
            }
            if (made == null || !add(made)) {
                return false;
            }
            left -= made.capacity() - made.offset;
            more = left > 0;
        }
        return true;
    }

    /** Returns the chain and passes its ownership to the caller. No mbuf may be added afterwards. */
    Mbuf take() {
        Mbuf taken = first();
        first = null;
        return taken;
    }

    @Override
    public void close() {
        mbufs.freem(first);
        first = null;
    }
}
