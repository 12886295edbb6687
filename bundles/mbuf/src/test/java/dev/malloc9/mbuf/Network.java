package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.kernel.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The mbufs of a test, on a kernel of their own. At the end of the test, {@link #lostNothing()} checks that none is in use. */
public final class Network implements AutoCloseable {

    /** The embedded kernel, with default tunables. */
    public final Kernel kernel = Kernel.boot();

    /** The mbufs of a machine with 384 users. */
    public final Mbufs mbufs = new Mbufs(kernel.zones(), kernel.malloc(), 384);

    final Chains chains = mbufs.chains();

    /** Returns the statistics of the zone with the given name. Throws NoSuchElementException if there is none. */
    public ZoneStats zone(String name) {
        return kernel.runtime().zones().stream()
                .filter(zone -> zone.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns a packet with the given content, which is copied into mbufs. */
    Mbuf packet(byte[] content) {
        Mbuf packet = mbufs.gethdr(M_WAITOK, MbufFlags.MT_DATA);
        chains.append(packet, MemorySegment.ofArray(content), M_WAITOK);
        return packet;
    }

    /** Returns a copy of the content of a chain. */
    byte[] content(Mbuf chain) {
        byte[] content = new byte[chains.length(chain)];
        chains.copydata(chain, 0, content.length, MemorySegment.ofArray(content));
        return content;
    }

    /** Returns the bytes 0, 1, 2, ..., which start again at 0 after 255. */
    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    long tagBytes() {
        return kernel.runtime().types().stream()
                .filter(type -> type.name().equals("mbuf_tag"))
                .mapToLong(TypeStats::bytesInUse)
                .sum();
    }

    /**
     * Checks that every mbuf, cluster, reference count and tag was freed. Reclaims the zones first, so that cached packets give their
     * clusters back.
     */
    public void lostNothing() {
        kernel.zones().reclaim();
        for (String name : new String[] {
            "mbuf",
            "mbuf_packet",
            "mbuf_cluster",
            "mbuf_jumbo_page",
            "mbuf_jumbo_9k",
            "mbuf_jumbo_16k",
            "mbuf_ext_refcnt"
        }) {
            assertThat(zone(name).used()).as(name).isZero();
        }
        assertThat(tagBytes()).as("tags").isZero();
        assertThat(mbufs.viewed).as("views").isEmpty();
        assertThat(kernel.runtime().panics()).isEmpty();
    }

    @Override
    public void close() {
        mbufs.close();
        kernel.close();
    }

    static byte at(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset);
    }
}
