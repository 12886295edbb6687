package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_COPYALL;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.mbuf.InvalidMbuf.Reason;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChainsTest {

    private final Network network = new Network();
    private final Mbufs mbufs = network.mbufs;
    private final Chains chains = network.chains;

    @AfterEach
    void loseNothing() {
        try {
            network.lostNothing();
        } finally {
            network.close();
        }
    }

    @Test
    void appendedBytesFillTheLastMbufAndThenClusters() {
        Mbuf packet = network.packet(Network.bytes(168 + 2048 + 10));
        assertThat(packet.length()).isEqualTo(168);
        Mbuf second = requireNonNull(packet.next());
        assertThat(second.length()).isEqualTo(2048);
        assertThat(second.extType()).isEqualTo(MbufFlags.EXT_PACKET);
        Mbuf third = requireNonNull(second.next());
        assertThat(third.length()).isEqualTo(10);
        assertThat(third.extType()).isZero();
        assertThat(packet.packetLength()).isEqualTo(2226);
        assertThat(network.content(packet)).isEqualTo(Network.bytes(2226));
        mbufs.freem(packet);
    }

    @Test
    void pullupBringsTheFirstBytesTogether() {
        Mbuf packet = network.packet(Network.bytes(20));
        Mbuf tail = network.packet(Network.bytes(1000));
        chains.cat(packet, tail);
        chains.adj(packet, 15);
        Mbuf pulled = requireNonNull(chains.pullup(packet, 100));
        assertThat(pulled.length()).isGreaterThanOrEqualTo(100);
        assertThat(pulled.flags() & M_PKTHDR).isEqualTo(M_PKTHDR);
        byte[] expected = new byte[1005];
        System.arraycopy(Network.bytes(20), 15, expected, 0, 5);
        System.arraycopy(Network.bytes(1000), 0, expected, 5, 1000);
        assertThat(network.content(pulled)).isEqualTo(expected);
        mbufs.freem(pulled);
    }

    @Test
    void prependUsesTheSpaceBeforeTheData() {
        Mbuf packet = network.packet(Network.bytes(100));
        Mbuf first = chains.prepend(packet, 14, M_WAITOK);
        assertThat(first).as("a new one: data began at the start").isNotSameAs(packet);
        assertThat(first.length()).isEqualTo(14);
        assertThat(first.packetLength()).isEqualTo(114);
        assertThat(packet.flags()).as("its header went").isZero();
        assertThat(chains.prepend(first, 20, M_WAITOK)).isSameAs(first);
        assertThat(first.length()).isEqualTo(34);
        assertThat(first.packetLength()).isEqualTo(134);
        mbufs.freem(first);
    }

    @Test
    void splitSharesClustersAndKeepsLengths() {
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(1500)), M_WAITOK);
        Mbuf rest = chains.split(packet, 400, M_WAITOK);
        assertThat(packet.packetLength()).isEqualTo(400);
        assertThat(rest.packetLength()).isEqualTo(1100);
        assertThat(rest.references()).isEqualTo(2);
        assertThat(network.content(packet)).isEqualTo(Arrays.copyOf(Network.bytes(1500), 400));
        assertThat(network.content(rest)).isEqualTo(Arrays.copyOfRange(Network.bytes(1500), 400, 1500));
        mbufs.freem(packet);
        mbufs.freem(rest);
    }

    @Test
    void dupSharesNothingAndDefragTakesTheLeast() {
        Mbuf packet = network.packet(Network.bytes(100));
        for (int i = 0; i < 5; i++) {
            chains.cat(packet, network.packet(Network.bytes(150)));
        }
        packet.packetLength(850);
        Mbuf copy = chains.dup(packet, M_WAITOK);
        assertThat(copy.isWritable()).isTrue();
        assertThat(network.content(copy)).isEqualTo(network.content(packet));
        byte[] content = network.content(packet);
        Mbuf whole = chains.defrag(packet, M_WAITOK);
        assertThat(whole.next()).isNull();
        assertThat(whole.packetLength()).isEqualTo(850);
        assertThat(network.content(whole)).isEqualTo(content);
        mbufs.freem(copy);
        mbufs.freem(whole);
    }

    @Test
    void sharedDataAreNotOverwritten() {
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(100)), M_WAITOK);
        Mbuf copy = chains.copym(packet, 0, M_COPYALL, M_WAITOK);
        refuses(
                Reason.READ_ONLY,
                "m_copyback: the data are read-only, 2 mbufs share them",
                () -> chains.copyback(copy, 50, 1, MemorySegment.ofArray(new byte[1]), M_NOWAIT));
        assertThat(chains.append(copy, MemorySegment.ofArray(new byte[] {9}), M_NOWAIT))
                .isTrue();
        assertThat(network.content(packet)).isEqualTo(Network.bytes(100));
        assertThat(network.content(copy))
                .startsWith(Network.bytes(100))
                .endsWith((byte) 9)
                .hasSize(101);
        mbufs.freem(packet);
        mbufs.freem(copy);
    }

    @Test
    void lengthsAndOffsetsOutOfRangeAreRefused() {
        Mbuf packet = network.packet(Network.bytes(300));
        MemorySegment place = MemorySegment.ofArray(new byte[400]);
        refuses(
                Reason.OFFSET,
                "m_copym: offset 301 is not in the 300 bytes of the chain",
                () -> chains.copym(packet, 301, 0, M_NOWAIT));
        refuses(
                Reason.OFFSET,
                "m_copym: offset -1 is not in the 300 bytes of the chain",
                () -> chains.copym(packet, -1, M_COPYALL, M_NOWAIT));
        refuses(Reason.LENGTH, "m_copym: length 101 is not 0 to 100", () -> chains.copym(packet, 200, 101, M_NOWAIT));
        refuses(Reason.LENGTH, "m_copydata: length -1 is not 0 to 300", () -> chains.copydata(packet, 0, -1, place));
        refuses(
                Reason.LENGTH,
                "m_copydata: length 300 is not 0 to 4",
                () -> chains.copydata(packet, 0, 300, place.asSlice(0, 4)));
        refuses(Reason.LENGTH, "m_pullup: length 169 is not 0 to 168", () -> chains.pullup(packet, 169));
        refuses(Reason.LENGTH, "m_prepend: length 169 is not 0 to 168", () -> chains.prepend(packet, 169, M_NOWAIT));
        refuses(Reason.LENGTH, "m_split: length 301 is not 0 to 300", () -> chains.split(packet, 301, M_NOWAIT));
        refuses(
                Reason.LENGTH,
                "m_adj: 301 bytes cannot be trimmed from the tail of 300",
                () -> chains.adj(packet, -301));
        refuses(
                Reason.LENGTH,
                "m_adj: 2147483648 bytes cannot be trimmed from the tail of 300",
                () -> chains.adj(packet, Integer.MIN_VALUE));
        refuses(
                Reason.LENGTH,
                "m_copyback: length 401 is not 0 to 400",
                () -> chains.copyback(packet, 0, 401, place, M_NOWAIT));
        refuses(Reason.CYCLE, "m_cat: the mbuf is in the chain already", () -> chains.cat(packet, packet));
        refuses(
                Reason.NO_HEADER,
                "m_dup: the mbuf has no packet header",
                () -> chains.dup(requireNonNull(packet.next()), M_NOWAIT));
        assertThat(network.content(packet)).isEqualTo(Network.bytes(300));
        mbufs.freem(packet);
    }

    @Test
    void copyWithoutClustersIsNullAndCounted() {
        network.mbufs.limits().knobs().getFirst().tune(2);
        Mbuf packet = network.packet(Network.bytes(168 + 2 * 2048));
        assertThat(chains.dup(packet, M_NOWAIT)).isNull();
        assertThat(chains.defrag(packet, M_NOWAIT)).isNull();
        assertThat(chains.append(packet, MemorySegment.ofArray(new byte[2048]), M_NOWAIT))
                .isFalse();
        assertThat(chains.copyFailures()).isEqualTo(2);
        assertThat(network.zone("mbuf_packet").failures()).isEqualTo(3);
        assertThat(network.content(packet)).isEqualTo(Network.bytes(168 + 2 * 2048));
        mbufs.freem(packet);
    }

    @Test
    void aPacketsSuccessorStaysWhenItsFirstMbufIsReplaced() {
        Mbuf next = network.packet(Network.bytes(1));
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(3000)), M_WAITOK);
        packet.nextpkt(next);
        packet.length(100);
        Mbuf pulled = requireNonNull(chains.pullup(packet, 150));
        assertThat(pulled.nextpkt()).isSameAs(next);
        Mbuf whole = requireNonNull(chains.defrag(pulled, M_WAITOK));
        assertThat(whole.nextpkt()).isSameAs(next);
        mbufs.freem(whole);
        mbufs.freem(next);
    }

    private static void refuses(Reason reason, String message, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidMbuf.class)
                .isThrownBy(call)
                .withMessage(message)
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
