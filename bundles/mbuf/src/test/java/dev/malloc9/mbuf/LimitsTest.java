package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.api.zone.ZoneWaitInterrupted;
import dev.malloc9.kernel.DriverKnobs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitsTest {

    private final Network network = new Network();
    private final Mbufs mbufs = network.mbufs;
    private final Sysctl sysctl = network.kernel.sysctl();

    @AfterEach
    void loseNothing() {
        try {
            network.lostNothing();
        } finally {
            network.close();
        }
    }

    @Test
    void limitsFollowFromTheNumberOfUsers() {
        declare(Map.of());
        assertThat(values()).containsExactly("25600", "12800", "6400", "3200");
        assertThat(network.zone("mbuf_cluster").limit()).isEqualTo(25600);
        assertThat(network.zone("mbuf_jumbo_16k").limit()).isEqualTo(3200);
    }

    @Test
    void tunableSetsALimitAndTheDerivedOnes() {
        declare(Map.of("kern.ipc.nmbclusters", "1k", "kern.ipc.nmbjumbo9", "77"));
        assertThat(values()).containsExactly("1024", "512", "77", "128");
        assertThat(network.zone("mbuf_cluster").limit()).isEqualTo(1024);
    }

    @Test
    void tunableOf0SetsTheComputedLimits() {
        declare(Map.of("kern.ipc.nmbclusters", "0"));
        assertThat(values()).containsExactly("25600", "12800", "6400", "3200");
    }

    @Test
    void fewClustersLeaveNoJumboClustersWithoutLimit() {
        declare(Map.of("kern.ipc.nmbclusters", "3"));
        assertThat(values()).containsExactly("3", "1", "1", "1");
    }

    @Test
    void limitsCanOnlyBeRaisedAtRunTime() {
        declare(Map.of());
        List<String> events = new ArrayList<>();
        mbufs.limits().onClustersChange(() -> events.add(sysctl.readText("kern.ipc.nmbclusters")));
        sysctl.writeText("kern.ipc.nmbclusters", "30001");
        assertThat(values()).containsExactly("30001", "12800", "6400", "3200");
        assertThat(network.zone("mbuf_cluster").limit()).as("whole slabs of 2").isEqualTo(30002);
        assertThat(events).containsExactly("30001");
        for (String knob : List.of("nmbclusters", "nmbjumbop", "nmbjumbo9", "nmbjumbo16")) {
            String limit = sysctl.readText("kern.ipc." + knob);
            for (String refused : List.of(limit, "3199", "1")) {
                assertThatExceptionOfType(SysctlFailed.class)
                        .isThrownBy(() -> sysctl.writeText("kern.ipc." + knob, refused))
                        .withMessage("oid 'kern.ipc." + knob + "': invalid integer '" + refused
                                + "' (it can only be raised, above " + limit + "): Invalid argument")
                        .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EINVAL));
            }
            assertThat(sysctl.readText("kern.ipc." + knob)).isEqualTo(limit);
        }
        for (String refused : new String[] {"0", "-1"}) {
            assertThatExceptionOfType(SysctlFailed.class)
                    .isThrownBy(() -> sysctl.writeText("kern.ipc.nmbclusters", refused))
                    .withMessage("oid 'kern.ipc.nmbclusters': invalid integer '" + refused + "': Invalid argument")
                    .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EINVAL));
        }
        sysctl.writeText("kern.ipc.nmbjumbop", "13000");
        assertThat(values()).containsExactly("30001", "13000", "6400", "3200");
        assertThat(events).as("only clusters tell").containsExactly("30001");
    }

    @Test
    void requestWithNowaitDoesNotWaitAtTheLimit() {
        tuneClusters(4);
        List<Mbuf> taken = new ArrayList<>();
        for (Mbuf mbuf = mbufs.getcl(M_NOWAIT, MT_DATA, 0); mbuf != null; mbuf = mbufs.getcl(M_NOWAIT, MT_DATA, 0)) {
            taken.add(mbuf);
        }
        assertThat(taken).hasSize(4);
        assertThat(network.zone("mbuf_packet").failures()).isEqualTo(1);
        Mbuf bare = mbufs.get(M_WAITOK, MT_DATA);
        assertThat(mbufs.clget(bare, M_NOWAIT)).isFalse();
        assertThat(bare.extType()).isZero();
        mbufs.free(bare);
        taken.forEach(mbufs::free);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m_getcl", "m_clget", "m_getjcl", "m_dup", "m_defrag", "m_copyback"})
    void interruptedWaitThrowsAndLosesNoMbuf(String function) {
        tuneClusters(2);
        mbufs.limits().knobs().get(2).tune(1);
        Mbuf jumbo = mbufs.getjcl(M_WAITOK, MT_DATA, 0, 9216);
        Mbuf packet = network.packet(Network.bytes(168 + 2 * 2048));
        Mbuf bare = mbufs.get(M_WAITOK, MT_DATA);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(ZoneWaitInterrupted.class)
                .isThrownBy(() -> {
                    switch (function) {
                        case "m_getcl" -> mbufs.getcl(M_WAITOK, MT_DATA, 0);
                        case "m_clget" -> mbufs.clget(bare, M_WAITOK);
                        case "m_getjcl" -> mbufs.getjcl(M_WAITOK, MT_DATA, 0, 9216);
                        case "m_dup" -> network.chains.dup(packet, M_WAITOK);
                        case "m_defrag" -> network.chains.defrag(packet, M_WAITOK);
                        default ->
                            network.chains.copyback(packet, 4264, 300, MemorySegment.ofArray(new byte[300]), M_WAITOK);
                    }
                })
                .withMessage("uma_zalloc: interrupted while waiting at the limit of "
                        + (function.equals("m_getjcl")
                                ? "1 items of zone 'mbuf_jumbo_9k'"
                                : "2 items of zone 'mbuf_cluster'"));
        assertThat(Thread.interrupted()).as("it still is").isTrue();
        assertThat(network.content(packet)).isEqualTo(Network.bytes(168 + 2 * 2048));
        mbufs.free(bare);
        mbufs.free(jumbo);
        mbufs.freem(packet);
    }

    /**
     * A freed packet in the cache would keep its cluster. If the clusters are exhausted, the packet zone is drained, and the waiting
     * request gets the cluster.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(60)
    void waiterGetsTheClusterOfAFreedPacket(boolean forAPacket) throws Exception {
        tuneClusters(2);
        Mbuf first = mbufs.getcl(M_WAITOK, MT_DATA, 0);
        Mbuf second = mbufs.getcl(M_WAITOK, MT_DATA, 0);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Mbuf> waiting = threads.submit(() -> {
                if (forAPacket) {
                    return mbufs.getcl(M_WAITOK, MT_DATA, 0);
                }
                Mbuf mbuf = mbufs.get(M_WAITOK, MT_DATA);
                mbufs.clget(mbuf, M_WAITOK);
                return mbuf;
            });
            while (network.zone("mbuf_cluster").sleeps() == 0) {
                LockSupport.parkNanos(100_000);
            }
            mbufs.free(first);
            mbufs.free(waiting.get());
        }
        mbufs.free(second);
    }

    /**
     * A request that must wait empties the caches first. It gets the cluster of a cached packet without a sleep and without a free by
     * another thread.
     */
    @Test
    @Timeout(60)
    void waiterForAClusterGetsOneOfACachedPacket() {
        tuneClusters(600);
        Mbuf packet = mbufs.getcl(M_WAITOK, MT_DATA, 0);
        List<Mbuf> taken = exhaust();
        assertThat(network.zone("mbuf_packet").free()).isPositive();
        Mbuf last = mbufs.get(M_WAITOK, MT_DATA);
        assertThat(mbufs.clget(last, M_WAITOK)).isTrue();
        assertThat(network.zone("mbuf_cluster").sleeps()).isZero();
        taken.forEach(mbufs::free);
        mbufs.free(last);
        mbufs.free(packet);
    }

    /** No request was refused before. The sleeping request is therefore the only sign of the shortage that the free can see. */
    @Test
    @Timeout(60)
    void freeOfAPacketServesAWaiter() throws Exception {
        tuneClusters(600);
        List<Mbuf> taken = new ArrayList<>(List.of(mbufs.getcl(M_WAITOK, MT_DATA, 0)));
        while (network.zone("mbuf_packet").free() > 0) {
            taken.add(mbufs.getcl(M_WAITOK, MT_DATA, 0));
        }
        taken.addAll(exhaust());
        Mbuf last = mbufs.get(M_WAITOK, MT_DATA);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Boolean> waiting = threads.submit(() -> mbufs.clget(last, M_WAITOK));
            while (network.zone("mbuf_cluster").sleeps() == 0) {
                LockSupport.parkNanos(100_000);
            }
            mbufs.free(taken.removeFirst());
            assertThat(waiting.get()).isTrue();
        }
        taken.forEach(mbufs::free);
        mbufs.free(last);
    }

    /** Returns mbufs with all clusters up to the limit of 600. No request for a cluster is refused. */
    private List<Mbuf> exhaust() {
        List<Mbuf> taken = new ArrayList<>();
        while (network.zone("mbuf_cluster").used() < 600) {
            Mbuf mbuf = mbufs.get(M_WAITOK, MT_DATA);
            assertThat(mbufs.clget(mbuf, M_NOWAIT)).isTrue();
            taken.add(mbuf);
        }
        return taken;
    }

    @Test
    void allDrainRoutinesAreCalledAlsoWhenOneThrows() {
        List<String> called = new ArrayList<>();
        mbufs.drains().add(() -> {
            throw new IllegalStateException("tcp");
        });
        mbufs.drains().add(() -> called.add("udp"));
        assertThatIllegalStateException()
                .isThrownBy(() -> mbufs.drains().vmLowmem())
                .withMessage("tcp");
        assertThat(called).containsExactly("udp");
        assertThat(mbufs.drains().calls()).isEqualTo(2);
    }

    private void declare(Map<String, String> environment) {
        DriverKnobs knobs = network.kernel.knobs(environment::get);
        for (DriverKnob knob : mbufs.limits().knobs()) {
            assertThat(knobs.add(knob)).isTrue();
        }
    }

    private void tuneClusters(int number) {
        mbufs.limits().knobs().getFirst().tune(number);
    }

    private List<String> values() {
        return List.of(
                sysctl.readText("kern.ipc.nmbclusters"),
                sysctl.readText("kern.ipc.nmbjumbop"),
                sysctl.readText("kern.ipc.nmbjumbo9"),
                sysctl.readText("kern.ipc.nmbjumbo16"));
    }
}
