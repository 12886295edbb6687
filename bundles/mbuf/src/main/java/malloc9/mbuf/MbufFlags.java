package malloc9.mbuf;

/** The flags, types and sizes of mbufs, with FreeBSD's names and values. */
public final class MbufFlags {

    /** The data lie outside of the mbuf. */
    public static final int M_EXT = 0x0001;

    /** The first of a packet: it has a packet header. */
    public static final int M_PKTHDR = 0x0002;

    /** End of a record. */
    public static final int M_EOR = 0x0004;

    /** The data must not be changed. */
    public static final int M_RDONLY = 0x0008;

    /** Sent or received as link-level broadcast. */
    public static final int M_BCAST = 0x0200;

    /** Sent or received as link-level multicast. */
    public static final int M_MCAST = 0x0400;

    /** A fragment of a larger packet. */
    public static final int M_FRAG = 0x0800;

    /** Flags that are copied with a packet header. */
    public static final int M_COPYFLAGS = M_PKTHDR | M_EOR | M_RDONLY | M_BCAST | M_MCAST | M_FRAG;

    /** All that there is, as a length to copy. */
    public static final int M_COPYALL = 1_000_000_000;

    /** Dynamic data. */
    public static final int MT_DATA = 1;

    /** A socket's name. */
    public static final int MT_SONAME = 8;

    /** Extra data of a protocol. */
    public static final int MT_CONTROL = 14;

    /** Expedited data. */
    public static final int MT_OOBDATA = 15;

    /** A cluster. */
    public static final int EXT_CLUSTER = 1;

    /** A jumbo cluster of a page. */
    public static final int EXT_JUMBOP = 3;

    /** A jumbo cluster of 9 KiB. */
    public static final int EXT_JUMBO9 = 4;

    /** A jumbo cluster of 16 KiB. */
    public static final int EXT_JUMBO16 = 5;

    /** An mbuf and its cluster, out of the packet zone. */
    public static final int EXT_PACKET = 6;

    /** Memory of a driver's own. */
    public static final int EXT_NET_DRV = 100;

    /** Bytes of an mbuf. */
    public static final int MSIZE = 256;

    /** Bytes of data that fit into an mbuf. */
    public static final int MLEN = 216;

    /** Bytes of data that fit into an mbuf with a packet header. */
    public static final int MHLEN = 168;

    /** From that many bytes on a cluster is worth its while. */
    public static final int MINCLSIZE = MHLEN + 1;

    /** Bytes of a cluster. */
    public static final int MCLBYTES = 2048;

    /** Bytes of a jumbo cluster of a page. */
    public static final int MJUMPAGESIZE = 4096;

    /** Bytes of a jumbo cluster of 9 KiB. */
    public static final int MJUM9BYTES = 9 * 1024;

    /** Bytes of a jumbo cluster of 16 KiB. */
    public static final int MJUM16BYTES = 16 * 1024;

    private MbufFlags() {}
}
