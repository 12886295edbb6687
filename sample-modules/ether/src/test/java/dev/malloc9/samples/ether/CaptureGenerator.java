package dev.malloc9.samples.ether;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Writes the capture that ships with the driver, and the counts that a replay of it must give. The bytes are the same in each run.
 *
 * <p>The frames are like the traffic of a small office. They have correct lengths and checksums, are padded to the 60 bytes of Ethernet,
 * and are mostly short.
 *
 * <p>To write both files again, run this command after {@code test-compile}:
 * {@code java -cp target/classes:target/test-classes dev.malloc9.samples.ether.CaptureGenerator src/main/resources/malloc9/samples/ether}.
 */
final class CaptureGenerator {

    static final int FRAMES = 10_240;
    static final String CAPTURE = "traffic.pcap";
    static final String COUNTS = "traffic.counts";

    private static final int MIN_FRAME_BYTES = 60;
    private static final int MAX_FRAME_BYTES = 1514;
    /** The time at which the capture begins, in microseconds since the epoch: Friday, 22nd of October 2010, 09:00 UTC. */
    private static final long FIRST_MICROS = 1_287_738_000L * 1_000_000;

    private static final int ICMP = 1;
    private static final int IGMP = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP_V6 = 58;

    /**
     * The source of all random choices. The files depend only on its algorithm and seed. The contract of {@link Random} fixes
     * {@code nextInt(bound)}.
     */
    private final Random random = new Random(877_983_977);

    private final Map<Protocol, Long> protocols = new EnumMap<>(Protocol.class);
    private final byte[] capture;
    private final byte[] pcapng;
    private long bytes;

    CaptureGenerator() {
        PcapWriter writer = PcapWriter.ordinary();
        PcapngWriter pcapngWriter = PcapngWriter.ordinary();
        long micros = FIRST_MICROS;
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = frame();
            bytes += frame.length;
            micros += 1 + random.nextInt(4000);
            writer.frame(micros, frame);
            pcapngWriter.frame(i % PcapngWriter.ORDINARY_INTERFACES, micros, frame);
        }
        capture = writer.bytes();
        pcapng = pcapngWriter.bytes();
    }

    byte[] capture() {
        return capture.clone();
    }

    /** Returns the same frames in the pcapng format. This file does not ship with the driver. */
    byte[] pcapng() {
        return pcapng.clone();
    }

    /** Returns the counts as text, with one property in each line. */
    String counts() {
        StringBuilder text = new StringBuilder();
        text.append("frames=").append(FRAMES).append("\nbytes=").append(bytes).append('\n');
        for (Protocol protocol : Protocol.values()) {
            text.append(protocol.name().toLowerCase(Locale.ROOT)).append('=');
            text.append(protocols.getOrDefault(protocol, 0L)).append('\n');
        }
        return text.toString();
    }

    /**
     * Writes both files.
     *
     * @param args the folder for the files
     */
    public static void main(String[] args) throws IOException {
        CaptureGenerator generator = new CaptureGenerator();
        Files.write(Path.of(args[0], CAPTURE), generator.capture);
        Files.writeString(Path.of(args[0], COUNTS), generator.counts());
    }

    private byte[] frame() {
        ByteBuffer frame = ByteBuffer.allocate(MAX_FRAME_BYTES);
        putMac(frame);
        putMac(frame);
        if (oneIn(16)) {
            tick(Protocol.VLAN);
            frame.putShort((short) 0x8100).putShort((short) (random.nextInt(8) << 13 | 1 + random.nextInt(20)));
        }
        int percent = random.nextInt(100);
        if (percent < 4) {
            putArp(frame);
        } else if (percent < 80) {
            putIpv4(frame);
        } else if (percent < 97) {
            putIpv6(frame);
        } else {
            putNeighbour(frame);
        }
        return Arrays.copyOf(frame.array(), Math.max(MIN_FRAME_BYTES, frame.position()));
    }

    private void putArp(ByteBuffer frame) {
        tick(Protocol.ARP);
        frame.putShort((short) 0x0806);
        frame.putShort((short) 1).putShort((short) 0x0800); // Ethernet, IPv4
        frame.put((byte) 6).put((byte) 4).putShort((short) (1 + random.nextInt(2))); // request or reply
        putMac(frame);
        putIpv4Address(frame);
        putMac(frame);
        putIpv4Address(frame);
    }

    private void putIpv4(ByteBuffer frame) {
        tick(Protocol.IPV4);
        frame.putShort((short) 0x0800);
        int packet = frame.position();
        int percent = random.nextInt(100);
        int protocol = percent < 62 ? TCP : percent < 92 ? UDP : percent < 98 ? ICMP : IGMP;
        frame.putShort((short) 0x4500).putShort((short) 0); // the total length is written below
        frame.putShort((short) random.nextInt(0x10000)).putShort((short) 0x4000); // do not fragment
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        putIpv4Address(frame);
        putIpv4Address(frame);
        int transport = frame.position();
        boolean pseudoHeader = protocol == TCP || protocol == UDP;
        putTransport(frame, protocol, pseudoHeader ? transport - 8 : transport);
        frame.putShort(packet + 2, (short) (frame.position() - packet));
        frame.putShort(packet + 10, checksum(sum(frame, packet, transport)));
    }

    private void putIpv6(ByteBuffer frame) {
        tick(Protocol.IPV6);
        frame.putShort((short) 0x86dd);
        int percent = random.nextInt(100);
        int protocol = percent < 50 ? TCP : percent < 88 ? UDP : ICMP_V6;
        frame.putInt(0x6000_0000);
        int length = frame.position();
        frame.putShort((short) 0).put((byte) protocol).put((byte) 64);
        putIpv6Address(frame);
        putIpv6Address(frame);
        int transport = frame.position();
        putTransport(frame, protocol, transport - 32);
        frame.putShort(length, (short) (frame.position() - transport));
    }

    /**
     * Writes a transport header with its payload and checksum.
     *
     * @param addresses the position of the addresses of the pseudo header; the position of the transport header if there is no pseudo
     *     header
     */
    private void putTransport(ByteBuffer frame, int protocol, int addresses) {
        int start = frame.position();
        int checksumAt = start + 2;
        switch (protocol) {
            case TCP -> {
                tick(Protocol.TCP);
                checksumAt = start + 16;
                frame.putShort(highPort()).putShort((short) 443);
                frame.putInt(random.nextInt()).putInt(random.nextInt());
                frame.putShort((short) 0x5018).putShort((short) 0xffff).putInt(0); // 20 bytes, ACK and PSH
                putPayload(frame);
            }
            case UDP -> {
                tick(Protocol.UDP);
                checksumAt = start + 6;
                frame.putShort(highPort()).putShort((short) 53).putInt(0);
                putPayload(frame);
                frame.putShort(start + 4, (short) (frame.position() - start));
            }
            case IGMP -> frame.putInt(0x1600_0000).putInt(0xe000_00fb); // a membership report for mDNS
            default -> {
                tick(Protocol.ICMP);
                frame.putShort((short) (protocol == ICMP ? 0x0800 : 0x8000)).putShort((short) 0); // echo request
                frame.putInt(random.nextInt());
                putPayload(frame);
            }
        }
        long sum = sum(frame, addresses, frame.position());
        if (addresses != start) {
            sum += protocol + (frame.position() - start);
        }
        short checksum = checksum(sum);
        frame.putShort(checksumAt, protocol == UDP && checksum == 0 ? (short) 0xffff : checksum);
    }

    /** Writes a frame of the link layer discovery protocol, in which a switch describes itself. */
    private void putNeighbour(ByteBuffer frame) {
        tick(Protocol.OTHER);
        frame.putShort((short) 0x88cc);
        frame.putShort((short) (1 << 9 | 7)).put((byte) 4); // chassis: a MAC address
        putMac(frame);
        frame.putShort((short) (2 << 9 | 3)).put((byte) 5).put((byte) 'p').put((byte) ('0' + random.nextInt(8)));
        frame.putShort((short) (3 << 9 | 2)).putShort((short) 120); // seconds to live
        frame.putShort((short) 0);
    }

    private void putPayload(ByteBuffer frame) {
        int percent = random.nextInt(100);
        int length = random.nextInt(percent < 90 ? 56 : percent < 98 ? 400 : frame.remaining() + 1);
        for (int i = 0; i < length; i++) {
            frame.put((byte) ('a' + i % 26));
        }
    }

    /** Writes a random, locally administered MAC address. */
    private void putMac(ByteBuffer frame) {
        frame.putShort((short) 0x0200).putInt(random.nextInt(64));
    }

    private void putIpv4Address(ByteBuffer frame) {
        frame.putInt(0x0a00_0001 + random.nextInt(250));
    }

    private void putIpv6Address(ByteBuffer frame) {
        frame.putLong(0x2001_0db8_0000_0000L).putLong(1 + random.nextInt(250));
    }

    private short highPort() {
        return (short) (49_152 + random.nextInt(16_384));
    }

    private boolean oneIn(int bound) {
        return random.nextInt(bound) == 0;
    }

    private void tick(Protocol protocol) {
        protocols.merge(protocol, 1L, Long::sum);
    }

    /** Returns the sum of the 16-bit words. If the number of bytes is odd, the last word is filled up with zero. */
    private static long sum(ByteBuffer frame, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += (frame.get(i) & 0xff) << 8 | (i + 1 < to ? frame.get(i + 1) & 0xff : 0);
        }
        return sum;
    }

    /** Returns the internet checksum: the complement of the sum after its carries have been added to it. */
    private static short checksum(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >> 16);
        }
        return (short) ~folded;
    }
}
