package dev.malloc9.benchmarks.allocators;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.zone.RawZone;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.mbuf.Mbuf;
import dev.malloc9.mbuf.MbufFlags;
import dev.malloc9.mbuf.Mbufs;
import java.lang.foreign.MemorySegment;

/**
 * The subjects for malloc9 as a plain Java program uses it: an embedded kernel with the default level of checks and with statistics, unless
 * the JVM's arguments or class path select another {@link SafetyLevel}.
 */
final class Malloc9 {

    @MallocDefine(name = "bench", description = "blocks of the benchmark")
    static final MallocType M_BENCH = MallocType.define();

    /** The largest value that the kernel computes for kern.maxusers. */
    private static final int USERS = 384;

    private Malloc9() {}

    static Blocks<MemorySegment> segments(Kernel kernel) {
        return new Segments(kernel, kernel.malloc());
    }

    static Addresses addresses(Kernel kernel) {
        return new Raw(kernel, kernel.rawMalloc());
    }

    private record Segments(Kernel kernel, Malloc malloc) implements Blocks<MemorySegment> {
        @Override
        public MemorySegment malloc(int bytes) {
            return malloc.malloc(bytes, M_BENCH, M_WAITOK);
        }

        @Override
        public MemorySegment zeroed(int bytes) {
            return malloc.malloc(bytes, M_BENCH, M_WAITOK | M_ZERO);
        }

        @Override
        public void touch(MemorySegment block, long value) {
            block.set(JAVA_LONG, 0, value);
        }

        @Override
        public void fill(MemorySegment block, int bytes) {
            block.fill((byte) 1);
        }

        @Override
        public void free(MemorySegment block) {
            malloc.free(block, M_BENCH);
        }

        @Override
        public void trim() {
            kernel.operator().trim();
        }

        @Override
        public Blocks<MemorySegment> zone(int bytes) {
            return new Items(zoneOf(kernel, bytes));
        }

        @Override
        @SuppressWarnings("resource") // the mbuf zones live as long as their JVM
        public Blocks<?> packets() {
            return new Packets(new Mbufs(kernel.zones(), malloc, USERS));
        }
    }

    private record Items(Zone zone) implements Blocks<MemorySegment> {
        @Override
        public MemorySegment malloc(int bytes) {
            return zone.zalloc(M_WAITOK);
        }

        @Override
        public MemorySegment zeroed(int bytes) {
            return zone.zalloc(M_WAITOK | M_ZERO);
        }

        @Override
        public void touch(MemorySegment block, long value) {
            block.set(JAVA_LONG, 0, value);
        }

        @Override
        public void fill(MemorySegment block, int bytes) {
            block.fill((byte) 1);
        }

        @Override
        public void free(MemorySegment block) {
            zone.zfree(block);
        }
    }

    /**
     * The mbuf packets, with a cluster of 2 KB, regardless of the requested size. {@code touch} sets the length to eight bytes and writes
     * the first one only. {@code fill} writes the bytes of the current length, which is 0 in a new packet.
     */
    private record Packets(Mbufs mbufs) implements Blocks<Mbuf> {
        @Override
        public Mbuf malloc(int bytes) {
            return mbufs.getcl(M_WAITOK, MbufFlags.MT_DATA, MbufFlags.M_PKTHDR);
        }

        @Override
        public Mbuf zeroed(int bytes) {
            Mbuf packet = malloc(bytes);
            mbufs.chains().append(packet, MemorySegment.ofArray(new byte[bytes]), M_WAITOK);
            return packet;
        }

        @Override
        public void touch(Mbuf packet, long value) {
            packet.length(Long.BYTES);
            packet.set(0, (byte) value);
        }

        @Override
        public void fill(Mbuf packet, int bytes) {
            packet.mtod().fill((byte) 1);
        }

        @Override
        public void free(Mbuf packet) {
            mbufs.freem(packet);
        }
    }

    private record Raw(Kernel kernel, RawMalloc malloc) implements Addresses {
        @Override
        public long malloc(int bytes) {
            return malloc.malloc(bytes, M_BENCH, M_WAITOK);
        }

        @Override
        public long zeroed(int bytes) {
            return malloc.malloc(bytes, M_BENCH, M_WAITOK | M_ZERO);
        }

        @Override
        public void free(long block) {
            malloc.free(block, M_BENCH);
        }

        @Override
        public void trim() {
            kernel.operator().trim();
        }

        @Override
        public Addresses zone(int bytes) {
            return new RawItems(zoneOf(kernel, bytes).raw());
        }

        @Override
        public Addresses packets() {
            throw new Unavailable("mbufs are not used by address");
        }
    }

    private record RawItems(RawZone zone) implements Addresses {
        @Override
        public long malloc(int bytes) {
            return zone.zalloc(M_WAITOK);
        }

        @Override
        public long zeroed(int bytes) {
            return zone.zalloc(M_WAITOK | M_ZERO);
        }

        @Override
        public void free(long block) {
            zone.zfree(block);
        }
    }

    private static Zone zoneOf(Kernel kernel, int bytes) {
        return kernel.zones().zcreate(ZoneRequest.of("bench " + bytes, bytes, M_BENCH));
    }
}
