package dev.malloc9.samples.ether;

import static dev.malloc9.samples.ether.Protocol.ARP;
import static dev.malloc9.samples.ether.Protocol.ICMP;
import static dev.malloc9.samples.ether.Protocol.IPV4;
import static dev.malloc9.samples.ether.Protocol.IPV6;
import static dev.malloc9.samples.ether.Protocol.OTHER;
import static dev.malloc9.samples.ether.Protocol.TCP;
import static dev.malloc9.samples.ether.Protocol.UDP;
import static dev.malloc9.samples.ether.Protocol.VLAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameCounterTest {

    private static final String MACS = "020000000001 020000000002";
    private static final String IPV4_UP_TO_PROTOCOL = "0800 4500 0014 0000 0000 40";
    private static final String IPV6_UP_TO_NEXT_HEADER = "86dd 6000 0000 0000";
    private static final String ZEROES_OF_16 = "00000000 00000000 00000000 00000000";
    private static final String IPV6_REST = "40" + ZEROES_OF_16 + ZEROES_OF_16;

    private final FrameCounter counter = new FrameCounter();

    @Test
    void countsProtocolsOverIpv4() {
        count(MACS, IPV4_UP_TO_PROTOCOL, "06");
        count(MACS, IPV4_UP_TO_PROTOCOL, "11");
        count(MACS, IPV4_UP_TO_PROTOCOL, "01");
        count(MACS, IPV4_UP_TO_PROTOCOL, "02");
        expect(Map.of(IPV4, 4L, TCP, 1L, UDP, 1L, ICMP, 1L));
    }

    @Test
    void countsProtocolsOverIpv6() {
        count(MACS, IPV6_UP_TO_NEXT_HEADER, "06", IPV6_REST);
        count(MACS, IPV6_UP_TO_NEXT_HEADER, "11", IPV6_REST);
        count(MACS, IPV6_UP_TO_NEXT_HEADER, "3a", IPV6_REST);
        count(MACS, IPV6_UP_TO_NEXT_HEADER, "01", IPV6_REST);
        expect(Map.of(IPV6, 4L, TCP, 1L, UDP, 1L, ICMP, 1L));
    }

    @Test
    void looksThroughIpv6ExtensionHeaders() {
        String hopByHopOf16 = "2c01 0000" + "00".repeat(12);
        String fragment = "3300 0000 0000 0000";
        String authenticationOf12 = "3c01" + "00".repeat(10);
        String destinationOf8 = "1100" + "00".repeat(6);
        count(
                MACS,
                IPV6_UP_TO_NEXT_HEADER,
                "00",
                IPV6_REST,
                hopByHopOf16,
                fragment,
                authenticationOf12,
                destinationOf8);
        expect(Map.of(IPV6, 1L, UDP, 1L));
    }

    @Test
    void looksThroughOneTagOrMoreAndCountsTheFrameOnce() {
        count(MACS, "8100 0005", "0806");
        count(MACS, "88a8 0005 8100 0006", IPV4_UP_TO_PROTOCOL, "06");
        count(MACS, "9100 0005", "88cc");
        expect(Map.of(VLAN, 3L, ARP, 1L, IPV4, 1L, TCP, 1L, OTHER, 1L));
    }

    @Test
    void countsLengthsAndUnknownTypesAsOther() {
        count(MACS, "0026 4242 03");
        count(MACS, "88cc");
        expect(Map.of(OTHER, 2L));
    }

    /** Each frame ends just before a byte that would be needed to identify the next protocol. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                MACS,
                MACS + "08",
                MACS + "0800 4500",
                MACS + "8100",
                MACS + "86dd 60",
                MACS + IPV4_UP_TO_PROTOCOL,
                MACS + IPV6_UP_TO_NEXT_HEADER,
                MACS + IPV6_UP_TO_NEXT_HEADER + "00" + IPV6_REST
            })
    void countsFramesThatEndEarly(String hex) {
        count(hex);
        assertThat(counter.counts(List.of()).frames()).isEqualTo(1);
        assertThat(counter.counts(List.of()).protocols())
                .containsEntry(TCP, 0L)
                .containsEntry(UDP, 0L)
                .containsEntry(ICMP, 0L);
    }

    @Test
    void addsUpLengths() {
        count(MACS, "0806");
        count("");
        count("ff");
        assertThat(counter.counts(List.of()).frames()).isEqualTo(3);
        assertThat(counter.counts(List.of()).bytes()).isEqualTo(15);
    }

    private void count(String... hex) {
        byte[] frame = HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
        counter.count(MemorySegment.ofArray(frame));
    }

    /** Checks that the given protocols have the given counts, and all others 0. */
    private void expect(Map<Protocol, Long> expected) {
        Map<Protocol, Long> counted = counter.counts(List.of()).protocols();
        for (Protocol protocol : Protocol.values()) {
            assertThat(counted.get(protocol)).as(protocol.label).isEqualTo(expected.getOrDefault(protocol, 0L));
        }
    }
}
