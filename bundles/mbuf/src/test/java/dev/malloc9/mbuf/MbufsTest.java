package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_EXT;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.malloc9.mbuf.InvalidMbuf.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MbufsTest {

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
    void anMbufHolds216BytesAnd168WithAHeader() {
        Mbuf plain = mbufs.get(M_WAITOK, MT_DATA);
        Mbuf packet = mbufs.gethdr(M_WAITOK, MT_DATA);
        assertThat(plain.trailingSpace()).isEqualTo(216);
        assertThat(packet.trailingSpace()).isEqualTo(168);
        assertThat(packet.flags()).isEqualTo(M_PKTHDR);
        assertThat(network.zone("mbuf").used()).isEqualTo(2);
        mbufs.free(plain);
        mbufs.free(packet);
    }

    @ParameterizedTest
    @CsvSource({"2048, mbuf_packet, 6", "4096, mbuf_jumbo_page, 3", "9216, mbuf_jumbo_9k, 4", "16384, mbuf_jumbo_16k, 5"
    })
    void aClusterHasItsSizeAndItsZone(int size, String zone, int extType) {
        Mbuf mbuf = mbufs.getjcl(M_WAITOK, MT_DATA, M_PKTHDR, size);
        assertThat(mbuf.flags()).isEqualTo(M_PKTHDR | M_EXT);
        assertThat(mbuf.extType()).isEqualTo(extType);
        assertThat(mbuf.trailingSpace()).isEqualTo(size);
        assertThat(mbuf.references()).isEqualTo(1);
        assertThat(network.zone(zone).used()).isEqualTo(1);
        mbufs.free(mbuf);
        assertThat(network.zone(zone).used()).isZero();
    }

    @Test
    void aPacketKeepsItsClusterInTheCache() {
        Mbuf first = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        MemorySegment memory = first.region.memory;
        mbufs.free(first);
        Mbuf second = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        assertThat(second.region.memory.address()).isEqualTo(memory.address());
        mbufs.free(second);
    }

    @Test
    void sharedClusterIsFreedWithItsLastReference() {
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(1000)), M_WAITOK);
        Mbuf copy = chains.copym(packet, 100, 200, M_WAITOK);
        assertThat(copy.references()).isEqualTo(2);
        assertThat(packet.isWritable()).isFalse();
        mbufs.freem(packet);
        assertThat(network.zone("mbuf_packet").used()).as("kept by the copy").isEqualTo(1);
        assertThat(copy.references()).isEqualTo(1);
        assertThat(copy.isWritable()).isTrue();
        assertThat(copy.get(0)).isEqualTo((byte) 100);
        mbufs.freem(copy);
        assertThat(network.zone("mbuf_packet").used()).isZero();
    }

    @Test
    void aViewEndsWithTheLastReference() {
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(10)), M_WAITOK);
        Mbuf copy = chains.copypacket(packet, M_WAITOK);
        MemorySegment view = packet.mtod();
        assertThat(view.byteSize()).isEqualTo(10);
        assertThat(view.isReadOnly()).as("it is shared").isTrue();
        mbufs.freem(packet);
        assertThat(Network.at(view, 3)).isEqualTo((byte) 3);
        mbufs.freem(copy);
        assertThatIllegalStateException().isThrownBy(() -> Network.at(view, 3)).withMessage("Already closed");
    }

    @Test
    void aViewOfInternalDataEndsWithTheMbuf() {
        Mbuf packet = network.packet(Network.bytes(10));
        MemorySegment view = packet.mtod();
        view.set(ValueLayout.JAVA_BYTE, 0, (byte) 77);
        assertThat(packet.get(0)).isEqualTo((byte) 77);
        mbufs.free(packet);
        assertThatIllegalStateException().isThrownBy(() -> Network.at(view, 0)).withMessage("Already closed");
    }

    @Test
    void clusterInANativeCallIsFreedAfterTheCall() throws Throwable {
        Mbuf packet = network.packet(Network.bytes(10));
        MemorySegment view = packet.mtod();
        NativeUse.of(view, () -> {
            mbufs.free(packet);
            assertThat(network.zone("mbuf").used()).as("libc uses it").isEqualTo(1);
        });
        mbufs.free(mbufs.get(M_WAITOK, MT_DATA));
        assertThat(network.zone("mbuf").used()).isZero();
        assertThat(view.scope().isAlive()).isFalse();
    }

    @Test
    void externalMemoryIsGivenToItsCallbackOnce() {
        List<Object> freed = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(5000);
            Mbuf mbuf = mbufs.gethdr(M_WAITOK, MT_DATA);
            ExtFree free = (arg1, arg2) -> freed.add(arg1 + "/" + arg2);
            assertThat(mbufs.extadd(mbuf, memory, free, "a", "b", 0, MbufFlags.EXT_NET_DRV))
                    .isTrue();
            mbuf.length(5000);
            mbuf.packetLength(5000);
            MemorySegment view = mbuf.mtod();
            Mbuf copy = chains.copym(mbuf, 4000, 500, M_WAITOK);
            mbufs.freem(mbuf);
            assertThat(freed).isEmpty();
            mbufs.freem(copy);
            assertThat(freed).containsExactly("a/b");
            assertThat(view.scope().isAlive()).isFalse();
        }
    }

    @Test
    void readOnlyMemoryStaysReadOnly() {
        try (Arena arena = Arena.ofShared()) {
            Mbuf mbuf = mbufs.gethdr(M_WAITOK, MT_DATA);
            mbufs.extadd(
                    mbuf, arena.allocate(64).asReadOnly(), (arg1, arg2) -> {}, null, null, 0, MbufFlags.EXT_NET_DRV);
            mbuf.length(64);
            assertThat(mbuf.isWritable()).isFalse();
            refuses(
                    Reason.READ_ONLY,
                    "m_copyback: the data are read-only",
                    () -> chains.copyback(mbuf, 0, 1, MemorySegment.ofArray(new byte[1]), M_NOWAIT));
            mbufs.free(mbuf);
        }
    }

    @Test
    void aSecondFreeIsRefusedAndSoIsAllUse() {
        Mbuf mbuf = mbufs.get(M_WAITOK, MT_DATA);
        mbufs.free(mbuf);
        Mbuf other = mbufs.get(M_WAITOK, MT_DATA);
        refuses(Reason.FREED, "m_free: the mbuf was freed before", () -> mbufs.free(mbuf));
        refuses(Reason.FREED, "mtod: the mbuf was freed before", mbuf::mtod);
        refuses(Reason.FREED, "m_length: the mbuf was freed before", () -> chains.length(mbuf));
        assertThat(network.zone("mbuf").used()).isEqualTo(1);
        mbufs.free(other);
    }

    /** Each reference to a cluster belongs to one mbuf. The number of references can therefore become neither too small nor too large. */
    @Test
    void secondFreeOfAReferenceIsRefused() {
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        chains.append(packet, MemorySegment.ofArray(Network.bytes(100)), M_WAITOK);
        Mbuf copy = chains.copypacket(packet, M_WAITOK);
        Mbuf third = chains.copypacket(copy, M_WAITOK);
        assertThat(packet.references()).isEqualTo(3);
        mbufs.freem(copy);
        refuses(Reason.FREED, "m_free: the mbuf was freed before", () -> mbufs.freem(copy));
        refuses(
                Reason.FREED,
                "m_copym: the mbuf was freed before",
                () -> chains.copym(copy, 0, MbufFlags.M_COPYALL, M_NOWAIT));
        assertThat(packet.references()).isEqualTo(2);
        mbufs.freem(packet);
        refuses(Reason.FREED, "m_ext.ref_cnt: the mbuf was freed before", packet::references);
        assertThat(third.references()).isEqualTo(1);
        assertThat(network.content(third)).isEqualTo(Network.bytes(100));
        mbufs.freem(third);
    }

    /** Two threads meet at a barrier before each packet, so that they race to free it. */
    @Test
    void ofTwoThreadsOneFreesAnMbuf() throws Exception {
        List<Mbuf> packets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            packets.add(mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR));
        }
        CyclicBarrier meeting = new CyclicBarrier(2);
        Callable<Integer> racer = () -> {
            int refusals = 0;
            for (int i = 0; i < packets.size(); i++) {
                meeting.await();
                try {
                    mbufs.freem(packets.get(i));
                } catch (InvalidMbuf refused) {
                    refusals++;
                }
            }
            return refusals;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> one = threads.submit(racer);
            Future<Integer> other = threads.submit(racer);
            assertThat(one.get() + other.get())
                    .as("one refusal for each packet")
                    .isEqualTo(1_000);
        }
    }

    @Test
    void mbufInANativeCallGetsNoCluster() throws Throwable {
        Mbuf mbuf = network.packet(Network.bytes(10));
        MemorySegment view = mbuf.mtod();
        chains.adj(mbuf, 10);
        NativeUse.of(
                view,
                () -> refuses(
                        Reason.IN_USE,
                        "m_cljget: a native call uses a view of the mbuf's data",
                        () -> mbufs.clget(mbuf, M_NOWAIT)));
        assertThat(mbufs.clget(mbuf, M_NOWAIT)).isTrue();
        assertThat(view.scope().isAlive()).isFalse();
        mbufs.free(mbuf);
    }

    /**
     * The free of an unrelated mbuf also completes the deferred frees. Exceptions of their callbacks prevent neither the free of that mbuf
     * nor the second deferred free.
     */
    @Test
    void throwingCallbacksDoNotStopDeferredFrees() throws Throwable {
        try (Arena arena = Arena.ofShared()) {
            Mbuf[] late = {failing(arena, "first"), failing(arena, "second")};
            MemorySegment[] views = {late[0].mtod(), late[1].mtod()};
            NativeUse.of(views[0], () -> {
                try {
                    NativeUse.of(views[1], () -> {
                        mbufs.free(late[0]);
                        mbufs.free(late[1]);
                    });
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
            Mbuf other = mbufs.get(M_WAITOK, MT_DATA);
            assertThatIllegalStateException()
                    .isThrownBy(() -> mbufs.free(other))
                    .withMessage("first")
                    .satisfies(thrown -> assertThat(thrown.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("second"));
        }
    }

    private Mbuf failing(Arena arena, String message) {
        Mbuf mbuf = mbufs.gethdr(M_WAITOK, MT_DATA);
        ExtFree failing = (arg1, arg2) -> {
            throw new IllegalStateException(message);
        };
        mbufs.extadd(mbuf, arena.allocate(64), failing, null, null, 0, MbufFlags.EXT_NET_DRV);
        mbuf.length(64);
        return mbuf;
    }

    @Test
    void aChainWithAFreedMbufIsNotFreedInParts() {
        Mbuf chain = network.packet(Network.bytes(3000));
        mbufs.free(requireNonNull(chain.next()));
        refuses(Reason.FREED, "m_freem: the mbuf was freed before", () -> mbufs.freem(chain));
        assertThat(chain.length()).isEqualTo(168);
        mbufs.free(requireNonNull(requireNonNull(chain.next).next));
        mbufs.free(chain);
    }

    @Test
    void throwingCallbackDoesNotStopTheFreeOfAChain() {
        try (Arena arena = Arena.ofShared()) {
            Mbuf chain = mbufs.gethdr(M_WAITOK, MT_DATA);
            ExtFree failing = (arg1, arg2) -> {
                throw new IllegalStateException("driver");
            };
            mbufs.extadd(chain, arena.allocate(64), failing, null, null, 0, MbufFlags.EXT_NET_DRV);
            chains.append(chain, MemorySegment.ofArray(Network.bytes(3000)), M_WAITOK);
            assertThatIllegalStateException()
                    .isThrownBy(() -> mbufs.freem(chain))
                    .withMessage("driver");
        }
    }

    @Test
    void anotherSystemsMbufIsRefused() {
        try (Mbufs other = new Mbufs(network.kernel.zones(), network.kernel.malloc(), 32)) {
            Mbuf foreign = other.get(M_WAITOK, MT_DATA);
            refuses(Reason.FOREIGN, "m_free: the mbuf is another system's", () -> mbufs.free(foreign));
            refuses(Reason.FOREIGN, "m_length: the mbuf is another system's", () -> chains.length(foreign));
            other.free(foreign);
        }
    }

    @Test
    void invalidArgumentsAreRefusedWithTheReason() {
        Mbuf mbuf = network.packet(Network.bytes(3));
        refuses(Reason.SIZE, "m_getjcl: unknown cluster size 1000", () -> mbufs.getjcl(M_WAITOK, MT_DATA, 0, 1000));
        refuses(Reason.FLAGS, "m_get: 0x100 is neither M_NOWAIT nor M_WAITOK", () -> mbufs.get(0x100L, MT_DATA));
        refuses(Reason.FLAGS, "m_getcl: 0x3 is neither M_NOWAIT nor M_WAITOK", () -> mbufs.getcl(3, MT_DATA, 0));
        refuses(Reason.TYPE, "m_get: type 32768 is not 0 to 32767", () -> mbufs.get(M_WAITOK, 32768));
        refuses(Reason.TYPE, "m_getcl: type -1 is not 0 to 32767", () -> mbufs.getcl(M_WAITOK, -1, 0));
        refuses(Reason.SIZE, "m_cljget: unknown cluster size 0", () -> mbufs.cljget(emptied(mbuf), M_NOWAIT, 0));
        mbuf.length(3);
        refuses(
                Reason.LENGTH,
                "m_tag_alloc: length 65536 is not 0 to 65535",
                () -> mbufs.tag(mbuf, 1, 1, 65536, M_NOWAIT));
        refuses(Reason.LENGTH, "m_pkthdr: length -1 is not 0 to 2147483647", () -> mbuf.packetLength(-1));
        refuses(Reason.OFFSET, "m_set: offset -1 is not in the 3 bytes of the chain", () -> mbuf.set(-1, (byte) 0));
        refuses(Reason.ATTACHED, "m_cljget: the mbuf has data already", () -> mbufs.clget(mbuf, M_NOWAIT));
        refuses(
                Reason.FOREIGN,
                "m_extadd: a segment of 8 bytes is not native memory",
                () -> mbufs.extadd(
                        emptied(mbuf), MemorySegment.ofArray(new byte[8]), (arg1, arg2) -> {}, null, null, 0, 0));
        refuses(Reason.LENGTH, "m_len: length 169 is not 0 to 168", () -> mbuf.length(169));
        refuses(Reason.OFFSET, "m_get: offset 3 is not in the 0 bytes of the chain", () -> mbuf.get(3));
        mbufs.free(mbuf);
    }

    @Test
    void tagsGoWithTheirPacket() {
        Mbuf packet = network.packet(Network.bytes(10));
        MbufTag tag = requireNonNull(mbufs.tag(packet, 7, 1, 16, M_NOWAIT));
        tag.data().fill((byte) 5);
        assertThat(network.tagBytes()).as("16 and struct m_tag").isGreaterThanOrEqualTo(40);
        Mbuf copy = chains.copypacket(packet, M_WAITOK);
        mbufs.freem(packet);
        MbufTag copied = requireNonNull(copy.tag(7, 1));
        assertThat(copied.data().toArray(ValueLayout.JAVA_BYTE)).containsOnly(5).hasSize(16);
        assertThat(copy.tag(7, 2)).isNull();
        assertThat(mbufs.untag(copy, copied)).isTrue();
        assertThat(mbufs.untag(copy, copied)).isFalse();
        assertThat(network.tagBytes()).isZero();
        mbufs.freem(copy);
    }

    @Test
    void aNewTagStandsBeforeTheOthersOfItsPacket() {
        Mbuf packet = network.packet(Network.bytes(10));
        MbufTag first = requireNonNull(mbufs.tag(packet, 7, 1, 16, M_NOWAIT));
        MbufTag second = requireNonNull(mbufs.tag(packet, 7, 1, 8, M_NOWAIT));
        assertThat(packet.tags()).containsExactly(second, first);
        assertThat(packet.tag(7, 1)).isSameAs(second);
        mbufs.freem(packet);
        assertThat(network.tagBytes()).isZero();
    }

    private Mbuf emptied(Mbuf mbuf) {
        mbuf.length(0);
        return mbuf;
    }

    private static void refuses(Reason reason, String message, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidMbuf.class)
                .isThrownBy(call)
                .withMessage(message)
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
