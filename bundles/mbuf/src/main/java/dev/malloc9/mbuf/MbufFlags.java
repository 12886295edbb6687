package dev.malloc9.mbuf;

/** The flags, types and sizes of mbufs, with FreeBSD's names and values. */
public final class MbufFlags {

    /** The flag of an mbuf whose data lie in external storage. */
    public static final int M_EXT = 0x0001;

    /** The flag of the first mbuf of a packet, which has a packet header. */
    public static final int M_PKTHDR = 0x0002;

    /** The flag for the end of a record. */
    public static final int M_EOR = 0x0004;

    /** The flag of data that must not be changed. */
    public static final int M_RDONLY = 0x0008;

    /** The flag of a packet that is sent or received as link-level broadcast. */
    public static final int M_BCAST = 0x0200;

    /** The flag of a packet that is sent or received as link-level multicast. */
    public static final int M_MCAST = 0x0400;

    /** The flag of a fragment of a larger packet. */
    public static final int M_FRAG = 0x0800;

    /** The flags that are copied with a packet header, except M_RDONLY, which the target keeps. FreeBSD has more flags in this mask. */
    public static final int M_COPYFLAGS = M_PKTHDR | M_EOR | M_RDONLY | M_BCAST | M_MCAST | M_FRAG;

    /** The length that stands for all bytes from the offset on, in m_copym. */
    public static final int M_COPYALL = 1_000_000_000;

    /** The type of dynamic data. */
    public static final int MT_DATA = 1;

    /** The type of a socket's name. */
    public static final int MT_SONAME = 8;

    /** The type of extra data of a protocol. */
    public static final int MT_CONTROL = 14;

    /** The type of expedited data. */
    public static final int MT_OOBDATA = 15;

    /** The external type of a cluster. */
    public static final int EXT_CLUSTER = 1;

    /** The external type of a jumbo cluster of one page. */
    public static final int EXT_JUMBOP = 3;

    /** The external type of a jumbo cluster of 9 KiB. */
    public static final int EXT_JUMBO9 = 4;

    /** The external type of a jumbo cluster of 16 KiB. */
    public static final int EXT_JUMBO16 = 5;

    /** The external type of an mbuf with a cluster from the packet zone. */
    public static final int EXT_PACKET = 6;

    /** The external type of memory of a driver. */
    public static final int EXT_NET_DRV = 100;

    /** The size of an mbuf in bytes, with its header. */
    public static final int MSIZE = 256;

    /** The number of bytes of data that fit into an mbuf. */
    public static final int MLEN = 216;

    /** The number of bytes of data that fit into an mbuf with a packet header. */
    public static final int MHLEN = 168;

    /** The smallest number of bytes for which a cluster is used. */
    public static final int MINCLSIZE = MHLEN + 1;

    /** The size of a cluster in bytes. */
    public static final int MCLBYTES = 2048;

    /** The size of a jumbo cluster of one page, in bytes. */
    public static final int MJUMPAGESIZE = 4096;

    /** The size of a jumbo cluster of 9 KiB, in bytes. */
    public static final int MJUM9BYTES = 9 * 1024;

    /** The size of a jumbo cluster of 16 KiB, in bytes. */
    public static final int MJUM16BYTES = 16 * 1024;

    private MbufFlags() {}
}
