package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_COPYALL;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.mbuf.InvalidMbuf.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that chains hold the same bytes as plain byte arrays after random operations. After each step, the chain of the step and one
 * further chain are compared with the arrays.
 *
 * <p>The system properties {@code mbuf.model.steps} and {@code mbuf.model.seed} set the number of steps and the random seed.
 */
final class ChainModelTest {

    private static final int CHAINS = 24;
    private static final int MOST_BYTES = 6000;
    private static final int EXTERNAL_BYTES = 3000;

    private final Network network = new Network();
    private final Mbufs mbufs = network.mbufs;
    private final Chains chains = network.chains;
    private final long seed = Long.getLong("mbuf.model.seed", 20040531);
    private final Random random = new Random(seed);
    private final List<Modelled> all = new ArrayList<>();
    private int attached;
    private int released;

    /** A chain and its expected content. */
    private static final class Modelled {
        Mbuf chain;
        byte[] content;

        Modelled(Mbuf chain, byte[] content) {
            this.chain = chain;
            this.content = content;
        }
    }

    @AfterEach
    void loseNothing() {
        try {
            network.lostNothing();
        } finally {
            network.close();
        }
    }

    @Test
    void chainsEqualTheByteArraysOfTheModel() {
        int steps = Integer.getInteger("mbuf.model.steps", 100_000);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment external = arena.allocate(EXTERNAL_BYTES);
            external.copyFrom(MemorySegment.ofArray(noise(EXTERNAL_BYTES)));
            for (int step = 0; step < steps; step++) {
                String what = "seed " + seed + ", step " + step;
                if (all.isEmpty() || (all.size() < CHAINS && random.nextInt(4) == 0)) {
                    check(make(external), what);
                } else {
                    check(operate(all.get(random.nextInt(all.size()))), what);
                }
                if (!all.isEmpty()) {
                    check(all.get(random.nextInt(all.size())), what + ", a chain that was not touched");
                }
                while (all.size() > CHAINS) {
                    mbufs.freem(all.removeFirst().chain);
                }
            }
            all.forEach(modelled -> mbufs.freem(modelled.chain));
        }
        assertThat(released).as("external memory").isEqualTo(attached);
    }

    private void check(@Nullable Modelled modelled, String what) {
        if (modelled != null) {
            assertThat(Arrays.equals(network.content(modelled.chain), modelled.content))
                    .as(what)
                    .isTrue();
            if ((modelled.chain.flags() & M_PKTHDR) != 0) {
                assertThat(modelled.chain.packetLength()).as(what).isEqualTo(modelled.content.length);
            }
        }
    }

    private Modelled make(MemorySegment external) {
        int flags = random.nextBoolean() ? M_PKTHDR : 0;
        Mbuf chain = switch (random.nextInt(5)) {
            case 0 -> mbufs.get(M_WAITOK, MT_DATA);
            case 1 -> mbufs.gethdr(M_WAITOK, MT_DATA);
            case 2 -> mbufs.getcl(M_WAITOK, MT_DATA, flags);
            case 3 -> mbufs.getjcl(M_WAITOK, MT_DATA, flags, random.nextBoolean() ? 4096 : 9216);
            default -> external(external);
        };
        byte[] before = network.content(chain);
        byte[] more = noise(random.nextInt(MOST_BYTES / 2));
        assertThat(chains.append(chain, MemorySegment.ofArray(more), M_NOWAIT)).isTrue();
        return keep(chain, concat(before, more));
    }

    /**
     * Returns a packet whose data are the beginning of shared external memory. The packet is read-only, and no test writes to the memory.
     */
    private Mbuf external(MemorySegment memory) {
        Mbuf chain = mbufs.gethdr(M_WAITOK, MT_DATA);
        attached++;
        assertThat(mbufs.extadd(
                        chain,
                        memory,
                        (arg1, arg2) -> released++,
                        null,
                        null,
                        MbufFlags.M_RDONLY,
                        MbufFlags.EXT_NET_DRV))
                .isTrue();
        int length = random.nextInt(EXTERNAL_BYTES);
        chain.length(length);
        chain.packetLength(length);
        return chain;
    }

    private @Nullable Modelled operate(Modelled one) {
        int length = one.content.length;
        int offset = random.nextInt(length + 1);
        int count = random.nextInt(length - offset + 1);
        boolean packet = (one.chain.flags() & M_PKTHDR) != 0;
        switch (random.nextInt(10)) {
            case 0 -> {
                all.remove(one);
                mbufs.freem(one.chain);
                return null;
            }
            case 1 -> {
                return keep(
                        chains.copym(one.chain, offset, count, M_WAITOK),
                        Arrays.copyOfRange(one.content, offset, offset + count));
            }
            case 2 -> {
                return keep(chains.copym(one.chain, 0, M_COPYALL, M_WAITOK), one.content.clone());
            }
            case 3 -> {
                return packet ? keep(chains.dup(one.chain, M_WAITOK), one.content.clone()) : one;
            }
            case 4 -> {
                one.chain = requireNonNull(chains.pullup(one.chain, random.nextInt(Math.min(168, length) + 1)));
            }
            case 5 -> {
                boolean tail = random.nextBoolean();
                chains.adj(one.chain, tail ? -count : count);
                one.content = tail
                        ? Arrays.copyOf(one.content, length - count)
                        : Arrays.copyOfRange(one.content, count, length);
            }
            case 6 -> cat(one);
            case 7 -> {
                byte[] header = noise(random.nextInt(169));
                one.chain = chains.prepend(one.chain, header.length, M_WAITOK);
                one.content = concat(header, one.content);
                assertThat(chains.copyback(one.chain, 0, header.length, MemorySegment.ofArray(header), M_NOWAIT))
                        .isTrue();
            }
            case 8 -> write(one, offset);
            default -> {
                if (packet && random.nextBoolean()) {
                    one.chain = chains.defrag(one.chain, M_WAITOK);
                } else {
                    Mbuf rest = chains.split(one.chain, offset, M_WAITOK);
                    keep(rest, Arrays.copyOfRange(one.content, offset, length));
                    one.content = Arrays.copyOf(one.content, offset);
                }
            }
        }
        return one;
    }

    private void cat(Modelled one) {
        Modelled other = all.get(random.nextInt(all.size()));
        if (other != one && one.content.length + other.content.length <= MOST_BYTES) {
            all.remove(other);
            chains.cat(one.chain, other.chain);
            one.content = concat(one.content, other.content);
            if ((one.chain.flags() & M_PKTHDR) != 0) {
                one.chain.packetLength(one.content.length);
            }
        }
    }

    /**
     * Writes random bytes over the content and beyond its end, in one of eight cases possibly behind a gap. If the chain refuses because
     * its data are shared, the model stays unchanged.
     */
    private void write(Modelled one, int offset) {
        int from = random.nextInt(8) == 0 ? offset + random.nextInt(300) : offset;
        byte[] more = noise(random.nextInt(600));
        try {
            assertThat(chains.copyback(one.chain, from, more.length, MemorySegment.ofArray(more), M_NOWAIT))
                    .isTrue();
        } catch (InvalidMbuf shared) {
            assertThat(shared.reason()).isEqualTo(Reason.READ_ONLY);
            return;
        }
        byte[] content = Arrays.copyOf(one.content, Math.max(one.content.length, from + more.length));
        System.arraycopy(more, 0, content, from, more.length);
        one.content = content;
    }

    private Modelled keep(Mbuf chain, byte[] content) {
        Modelled kept = new Modelled(chain, content);
        all.add(kept);
        return kept;
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
