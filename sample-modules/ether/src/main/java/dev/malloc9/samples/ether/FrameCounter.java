package dev.malloc9.samples.ether;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Counts Ethernet frames by protocol, inside VLAN tags and behind IPv6 extension headers.
 *
 * <p>A truncated frame is counted for the protocols that its bytes still show, or as OTHER. A counter is for one thread at a time.
 */
@SuppressWarnings("EnumOrdinal") // ordinals index an array that this object creates
final class FrameCounter {

    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int TYPE_OFFSET = 12;
    private static final int TYPE_BYTES = 2;
    private static final int TAG_BYTES = 4;
    private static final int IPV4_PROTOCOL_OFFSET = 9;
    private static final int IPV6_NEXT_HEADER_OFFSET = 6;
    private static final int IPV6_HEADER_BYTES = 40;

    private long frames;
    private long bytes;
    private final long[] perProtocol = new long[Protocol.values().length];

    /** Counts the frame that fills the segment. */
    void count(MemorySegment frame) {
        frames++;
        bytes += frame.byteSize();
        long offset = TYPE_OFFSET;
        int type = shortAt(frame, offset);
        if (isTag(type)) {
            tick(Protocol.VLAN);
            while (isTag(type)) {
                offset += TAG_BYTES;
                type = shortAt(frame, offset);
            }
        }
        long payload = offset + TYPE_BYTES;
        switch (type) {
            case 0x0806 -> tick(Protocol.ARP);
            case 0x0800 -> {
                tick(Protocol.IPV4);
                countTransport(byteAt(frame, payload + IPV4_PROTOCOL_OFFSET), 1);
            }
            case 0x86dd -> {
                tick(Protocol.IPV6);
                countTransport(ipv6Transport(frame, payload), 58);
            }
            default -> tick(Protocol.OTHER);
        }
    }

    /** Returns the counts so far, together with the lines about skipped interfaces. */
    Counts counts(List<String> skipped) {
        Map<Protocol, Long> protocols = new EnumMap<>(Protocol.class);
        for (Protocol protocol : Protocol.values()) {
            protocols.put(protocol, perProtocol[protocol.ordinal()]);
        }
        return new Counts(frames, bytes, protocols, skipped);
    }

    private void countTransport(int protocol, int icmp) {
        if (protocol == 6) {
            tick(Protocol.TCP);
        } else if (protocol == 17) {
            tick(Protocol.UDP);
        } else if (protocol == icmp) {
            tick(Protocol.ICMP);
        }
    }

    /**
     * Returns the first next-header value that does not name an extension header. An extension header begins with the next-header
     * value and its length. If the frame ends inside the headers, returns -1 or the value of the last extension header.
     */
    private static int ipv6Transport(MemorySegment frame, long packet) {
        int next = byteAt(frame, packet + IPV6_NEXT_HEADER_OFFSET);
        long header = packet + IPV6_HEADER_BYTES;
        while (true) {
            int length = byteAt(frame, header + 1);
            long headerBytes = switch (next) {
                case 0, 43, 60 -> (length + 1) * 8L; // hop-by-hop, routing, destination options
                case 44 -> 8; // fragment
                case 51 -> (length + 2) * 4L; // authentication
                default -> 0;
            };
            if (headerBytes == 0) {
                return next;
            }
            next = byteAt(frame, header);
            header += headerBytes;
        }
    }

    private static boolean isTag(int type) {
        return type == 0x8100 || type == 0x88a8 || type == 0x9100;
    }

    private void tick(Protocol protocol) {
        perProtocol[protocol.ordinal()]++;
    }

    /** Returns the unsigned 16-bit number at the offset; -1 if the frame ends before. */
    private static int shortAt(MemorySegment frame, long offset) {
        return offset + 2 <= frame.byteSize() ? Short.toUnsignedInt(frame.get(NETWORK_SHORT, offset)) : -1;
    }

    private static int byteAt(MemorySegment frame, long offset) {
        return offset < frame.byteSize() ? Byte.toUnsignedInt(frame.get(JAVA_BYTE, offset)) : -1;
    }
}
