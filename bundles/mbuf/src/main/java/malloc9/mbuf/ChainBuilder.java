package malloc9.mbuf;

import static malloc9.mbuf.MbufFlags.M_PKTHDR;

import org.jspecify.annotations.Nullable;

/** A chain that is being made; what there is of it is freed unless it was taken. */
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

    /** The first of its mbufs. */
    Mbuf first() {
        return Mbufs.present(first);
    }

    /** Puts an mbuf, whose memory is the draft's from now on, at the end; false if there is none. */
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

    /** Adds empty mbufs with room for so many bytes; false if there is no memory for all. */
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

    /** The chain, which is the caller's from now on. */
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
