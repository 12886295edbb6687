package malloc9.benchmarks.allocators;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.raw.RawMalloc;
import malloc9.kernel.Kernel;

/** malloc9 as a plain Java program has it: an embedded kernel with all its checks and statistics. */
final class Malloc9 {

    @MallocDefine(name = "bench", description = "blocks of the benchmark")
    static final MallocType M_BENCH = MallocType.define();

    private Malloc9() {}

    static Blocks<MemorySegment> segments(Kernel kernel) {
        return new Segments(kernel.malloc());
    }

    static Addresses addresses(Kernel kernel) {
        return new Raw(kernel.rawMalloc());
    }

    private record Segments(Malloc malloc) implements Blocks<MemorySegment> {
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
        public Blocks<MemorySegment> zone(int bytes) {
            throw new Unavailable("this kernel has no zones for drivers");
        }
    }

    private record Raw(RawMalloc malloc) implements Addresses {
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
        public Addresses zone(int bytes) {
            throw new Unavailable("this kernel has no zones for drivers");
        }
    }
}
