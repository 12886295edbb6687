package dev.malloc9.mbuf;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The knob kern.ipc.mbstat (struct mbstat), in the layout of a 64-bit FreeBSD of 2010:
 *
 * <pre>
 *   u_long m_mbufs, m_mclusts                     mbufs and clusters in use
 *   u_long m_drain, m_mcfail, m_mpfail            calls of drain routines, copies and pullups that failed
 *   u_long m_msize, m_mclbytes, m_minclsize       256, 2048, 169
 *   u_long m_mlen, m_mhlen                        216, 168
 *   short  m_numtypes, and 6 bytes of padding     16
 *   u_long sf_iocnt, sf_allocfail, sf_allocwait   0: there are no sfbufs
 * </pre>
 *
 * <p>Differs from BSD: the first two fields have the meaning of the commit of 2004. FreeBSD of 2010 leaves them 0, and its netstat
 * reads the zones' statistics instead.
 */
final class Mbstat implements DriverKnob {

    static final int BYTES = 112;

    private static final int TYPES = 16;
    private static final int AFTER_TYPES = 88;

    private static final Knob KNOB = new Knob(
            "kern.ipc.mbstat",
            KnobType.OPAQUE,
            CTLFLAG_RD,
            "S,mbstat",
            "Mbuf general information and statistics",
            "",
            "");

    private final Mbufs mbufs;

    Mbstat(Mbufs mbufs) {
        this.mbufs = mbufs;
    }

    @Override
    public Knob knob() {
        return KNOB;
    }

    @Override
    public byte[] bytes() {
        Chains chains = mbufs.chains();
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(mbufs.inUse())
                .putLong(mbufs.clustersInUse())
                .putLong(mbufs.drains().calls())
                .putLong(chains.copyFailures())
                .putLong(chains.pullupFailures())
                .putLong(MbufFlags.MSIZE)
                .putLong(MbufFlags.MCLBYTES)
                .putLong(MbufFlags.MINCLSIZE)
                .putLong(MbufFlags.MLEN)
                .putLong(MbufFlags.MHLEN)
                .putShort((short) TYPES)
                .position(AFTER_TYPES)
                .array();
    }
}
