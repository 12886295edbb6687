package dev.malloc9.stress.guard;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.GuardHit.Kind;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A test that misses guarded blocks of 1 byte to 2 MiB on purpose: before the block or across its start, across or behind its end, and
 * after its free. The accesses are reads, writes, fills and copies, by segment, slice, buffer and address. Each miss must throw an
 * exception that is attributed to the right block.
 */
public final class GuardHits {

    @MallocDefine(name = "guarded")
    private static final MallocType M_GUARDED = MallocType.define();

    /** The ways by which an access reaches the block. */
    private enum Way {
        ADDRESS,
        SEGMENT,
        SLICE,
        BUFFER
    }

    private static final List<Way> WAYS = List.of(Way.values());

    private static final List<Kind> MISSES = List.of(Kind.OVERRUN, Kind.UNDERRUN, Kind.USE_AFTER_FREE);

    private static final int LARGEST_SHIFT = 21;
    private static final long KMEM_BYTES = 256L << 20;
    private static final long PAUSE_NANOS = 100_000;

    /** The largest number of errors that a thread reports. */
    private static final int TOLD = 20;

    private final Kernel kernel;
    private final Random random;
    private final List<String> wrong = new ArrayList<>();
    private final Map<Kind, Long> hits = new EnumMap<>(Kind.class);
    private long faults;

    /**
     * The target of single numbers that are read by segment or buffer, so that the JIT does not remove the reads. An int is stored as an
     * int: C2 combines a widening with the load, and a fault in that load ends the JVM.
     */
    private final MemorySegment read = MemorySegment.ofArray(new long[1]);

    /** The first address of MemGuard's range. */
    private final long start;

    /** The size of MemGuard's range in bytes. */
    private final long size;

    private GuardHits(Kernel kernel, long seed) {
        this.kernel = kernel;
        this.random = new Random(seed);
        this.start = Long.parseLong(kernel.sysctl().readText("vm.memguard.mapstart"));
        this.size = Long.parseLong(kernel.sysctl().readText("vm.memguard.mapsize"));
    }

    /**
     * The result of a run. A miss for which {@link dev.malloc9.api.raw.RawMemory#explain(long, long)} returns null is neither in
     * {@code hits} nor in {@code wrong}.
     *
     * @param hits the number of misses that were attributed to the right block, by their kind
     * @param faults the number of accesses by a stale segment or buffer that touched a hole, because the scope had not ended yet
     * @param wrong the errors: misses without an exception or with a wrong attribution, threads that ended early, and blocks in use at the
     *     end; at most 20 of each thread
     */
    public record Outcome(Map<Kind, Long> hits, long faults, List<String> wrong) {

        /** Returns the number of misses that were attributed to the right block. */
        public long count() {
            return hits.values().stream().mapToLong(Long::longValue).sum();
        }

        @Override
        public String toString() {
            return count() + " hits " + hits + ", " + faults + " in holes below stale segments, "
                    + (wrong.isEmpty() ? "each attributed" : "wrong: " + wrong);
        }
    }

    /**
     * Misses guarded blocks of a kernel that this method boots and closes.
     *
     * @param count the number of misses of all threads together; a thread stops early if an unexpected exception ends it
     * @param seed the seed of the first thread; each further thread has the next one
     * @param threads the number of threads that run at the same time
     */
    public static Outcome run(int count, long seed, int threads) throws InterruptedException {
        try (Kernel kernel = Kernel.boot(new Tunables(KMEM_BYTES))) {
            kernel.sysctl().writeText("vm.memguard.desc", "guarded");
            // The first request registers the type, whose statistics are read at the end.
            kernel.malloc().free(kernel.malloc().malloc(1, M_GUARDED, M_WAITOK), M_GUARDED);
            List<GuardHits> parts = new ArrayList<>();
            List<Thread> running = new ArrayList<>();
            for (int part = 0; part < threads; part++) {
                GuardHits hits = new GuardHits(kernel, seed + part);
                int share = count / threads + (part < count % threads ? 1 : 0);
                parts.add(hits);
                running.add(Thread.ofPlatform().start(() -> hits.miss(0, share)));
            }
            for (Thread thread : running) {
                thread.join();
            }
            GuardHits all = new GuardHits(kernel, seed);
            for (GuardHits part : parts) {
                part.hits.forEach((kind, hits) -> all.hits.merge(kind, hits, Long::sum));
                all.faults += part.faults;
                all.wrong.addAll(part.wrong);
            }
            long left = Objects.requireNonNull(kernel.runtime().type("guarded")).bytesInUse();
            if (left != 0 || !kernel.sysctl().readText("vm.memguard.blocks").equals("0")) {
                all.wrong("at the end " + left + " bytes are in use");
            }
            return new Outcome(all.hits, all.faults, List.copyOf(all.wrong));
        }
    }

    private void miss(int from, int until) {
        try {
            for (int hit = from; hit < until; hit++) {
                miss(hit);
            }
        } catch (RuntimeException | Error thrown) {
            wrong("the thread ended with " + thrown);
        }
    }

    private void miss(int number) {
        int shift = random.nextInt(LARGEST_SHIFT + 1);
        long bytes = Math.max(1, (1L << shift) - (shift == 0 ? 0 : random.nextInt(1 << (shift - 1))));
        long length = 1L << random.nextInt(4);
        Kind kind = MISSES.get(random.nextInt(MISSES.size()));
        int operation = random.nextInt(4);
        Way way = WAYS.get(random.nextInt(WAYS.size()));
        MemorySegment block = guarded(bytes);
        ByteBuffer view = block.asByteBuffer().order(ByteOrder.nativeOrder());
        long offset = switch (kind) {
            case OVERRUN -> bytes - random.nextLong(Math.min(length, bytes));
            case UNDERRUN -> -1 - random.nextLong(length);
            default -> random.nextLong(bytes);
        };
        if (kind == Kind.USE_AFTER_FREE) {
            kernel.malloc().free(block, M_GUARDED);
        } else if (kind == Kind.OVERRUN && offset + length <= bytes) {
            offset = bytes;
        }
        String what = number + ": " + kind + " at " + offset + " of " + bytes + ", " + length + " bytes, operation "
                + operation + " by " + way;
        GuardHit hit = switch (way) {
            case ADDRESS -> byAddress(block, offset, length, operation, what);
            case SEGMENT -> bySegment(block, 0, offset, length, operation, what);
            case SLICE -> bySegment(block, random.nextLong(bytes), offset, length, operation, what);
            case BUFFER -> byBuffer(view, block.address(), (int) offset, (int) length, operation, what);
        };
        if (hit != null) {
            check(hit, kind, block, offset, what);
        }
        if (kind != Kind.USE_AFTER_FREE) {
            kernel.malloc().free(block, M_GUARDED);
        }
    }

    /**
     * Allocates a block between holes. While MemGuard has no room, for example because the scopes of freed blocks have not ended yet,
     * malloc returns a block that is not guarded. Such a block is freed, and the request is repeated after a pause.
     */
    private MemorySegment guarded(long bytes) {
        while (true) {
            MemorySegment block = kernel.malloc().malloc(bytes, M_GUARDED, M_WAITOK);
            if (block.address() >= start && block.address() - start < size) {
                return block;
            }
            kernel.malloc().free(block, M_GUARDED);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private @Nullable GuardHit byAddress(MemorySegment block, long offset, long length, int operation, String what) {
        long at = block.address() + offset;
        try {
            switch (operation) {
                case 0 -> read(at, length);
                case 1 -> write(at, length);
                case 2 -> kernel.rawMemory().fill(at, length, (byte) 1);
                default -> {
                    MemorySegment other = kernel.malloc().malloc(length, M_GUARDED, M_WAITOK);
                    try {
                        kernel.rawMemory().copy(at, other.address(), length);
                    } finally {
                        kernel.malloc().free(other, M_GUARDED);
                    }
                }
            }
        } catch (GuardHit hit) {
            return hit;
        }
        wrong(what + ": nothing was thrown");
        return null;
    }

    private void read(long at, long length) {
        switch ((int) length) {
            case 1 -> kernel.rawMemory().getByte(at);
            case 2 -> kernel.rawMemory().getShort(at);
            case 4 -> kernel.rawMemory().getInt(at);
            default -> kernel.rawMemory().getLong(at);
        }
    }

    private void write(long at, long length) {
        switch ((int) length) {
            case 1 -> kernel.rawMemory().putByte(at, (byte) 1);
            case 2 -> kernel.rawMemory().putShort(at, (short) 1);
            case 4 -> kernel.rawMemory().putInt(at, 1);
            default -> kernel.rawMemory().putLong(at, 1);
        }
    }

    /**
     * Misses a block by segment or by slice, and returns the attribution. Returns null if nothing was thrown, which is recorded as an
     * error, or if the kernel has no explanation for the access.
     *
     * @param cut the offset in the block at which the slice begins; 0 for the whole segment
     * @param of the offset of the access in the block
     */
    private @Nullable GuardHit bySegment(
            MemorySegment whole, long cut, long of, long length, int operation, String what) {
        long offset = of - cut;
        MemorySegment block = whole;
        try {
            block = whole.asSlice(cut);
            switch (operation) {
                case 0 -> get(block, offset, length);
                case 1 -> set(block, offset, length);
                case 2 -> block.asSlice(offset, length).fill((byte) 1);
                default -> MemorySegment.copy(block, JAVA_BYTE, offset, new byte[(int) length], 0, (int) length);
            }
            kernel.rawMemory().fence();
        } catch (IndexOutOfBoundsException bounds) {
            return kernel.rawMemory().explain(String.valueOf(bounds.getMessage()));
        } catch (IllegalStateException ended) {
            return kernel.rawMemory().explain(whole.address() + of, length);
        } catch (InternalError | GuardHit hole) {
            faults++;
            return kernel.rawMemory().explain(whole.address() + of, length);
        }
        wrong(what + ": nothing was thrown");
        return null;
    }

    /**
     * Misses a block by buffer, and returns the attribution; null in the cases of {@link #bySegment}. A buffer's exceptions have no
     * address, so the attribution is that of the accessed address.
     *
     * @param address the address of the block
     */
    private @Nullable GuardHit byBuffer(
            ByteBuffer view, long address, int offset, int length, int operation, String what) {
        try {
            switch (operation) {
                case 0 -> read(view, offset, length);
                case 1 -> write(view, offset, length);
                case 2 -> view.put(offset, new byte[length]);
                default -> view.get(offset, new byte[length]);
            }
            kernel.rawMemory().fence();
        } catch (IndexOutOfBoundsException | IllegalStateException refused) {
            return kernel.rawMemory().explain(address + offset, length);
        } catch (InternalError | GuardHit hole) {
            faults++;
            return kernel.rawMemory().explain(address + offset, length);
        }
        wrong(what + ": nothing was thrown");
        return null;
    }

    private void read(ByteBuffer view, int offset, int length) {
        switch (length) {
            case 1 -> read.set(JAVA_BYTE, 0, view.get(offset));
            case 2 -> read.set(JAVA_SHORT_UNALIGNED, 0, view.getShort(offset));
            case 4 -> read.set(JAVA_INT_UNALIGNED, 0, view.getInt(offset));
            default -> read.set(JAVA_LONG_UNALIGNED, 0, view.getLong(offset));
        }
    }

    private static void write(ByteBuffer view, int offset, int length) {
        switch (length) {
            case 1 -> view.put(offset, (byte) 1);
            case 2 -> view.putShort(offset, (short) 1);
            case 4 -> view.putInt(offset, 1);
            default -> view.putLong(offset, 1);
        }
    }

    private void get(MemorySegment block, long offset, long length) {
        switch ((int) length) {
            case 1 -> read.set(JAVA_BYTE, 0, block.get(JAVA_BYTE, offset));
            case 2 -> read.set(JAVA_SHORT_UNALIGNED, 0, block.get(JAVA_SHORT_UNALIGNED, offset));
            case 4 -> read.set(JAVA_INT_UNALIGNED, 0, block.get(JAVA_INT_UNALIGNED, offset));
            default -> read.set(JAVA_LONG_UNALIGNED, 0, block.get(JAVA_LONG_UNALIGNED, offset));
        }
    }

    private static void set(MemorySegment block, long offset, long length) {
        switch ((int) length) {
            case 1 -> block.set(JAVA_BYTE, offset, (byte) 1);
            case 2 -> block.set(JAVA_SHORT_UNALIGNED, offset, (short) 1);
            case 4 -> block.set(JAVA_INT_UNALIGNED, offset, 1);
            default -> block.set(JAVA_LONG_UNALIGNED, offset, 1L);
        }
    }

    private void check(GuardHit hit, Kind kind, MemorySegment block, long offset, String what) {
        GuardHit.Block named = hit.block();
        boolean freedRight = named != null && named.freed().isEmpty() == (kind != Kind.USE_AFTER_FREE);
        boolean right = hit.kind() == kind
                && hit.offset() == offset
                && named != null
                && named.address() == block.address()
                && named.bytes() == block.byteSize()
                && named.type().equals("guarded")
                && freedRight
                && named.allocated().getFirst().contains(".GuardHits.guarded(");
        if (right) {
            hits.merge(kind, 1L, Long::sum);
        } else {
            wrong(what + " is said to be " + hit.getMessage());
        }
    }

    private void wrong(String what) {
        if (wrong.size() < TOLD) {
            wrong.add(what);
        }
    }
}
