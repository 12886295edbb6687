package malloc9.stress.guard;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.raw.GuardHit;
import malloc9.api.raw.GuardHit.Kind;
import malloc9.kernel.Kernel;
import malloc9.kernel.Tunables;
import org.jspecify.annotations.Nullable;

/**
 * Misses guarded blocks on purpose, of 1 byte to 2 MiB, before, behind and after their life, by segment and by address, with reads, writes,
 * fills and copies; each miss has to be an exception that leads to its block.
 */
public final class GuardHits {

    @MallocDefine(name = "guarded")
    private static final MallocType M_GUARDED = MallocType.define();

    private static final List<Kind> MISSES = List.of(Kind.OVERRUN, Kind.UNDERRUN, Kind.USE_AFTER_FREE);

    private static final int LARGEST_SHIFT = 21;
    private static final long KMEM_BYTES = 256L << 20;

    /** What is told of, at most. */
    private static final int TOLD = 20;

    private final Kernel kernel;
    private final Random random;
    private final List<String> wrong = new ArrayList<>();
    private final Map<Kind, Long> hits = new EnumMap<>(Kind.class);
    private long faults;

    /** Where what was read goes, so that reading is not left out. */
    private final MemorySegment read = MemorySegment.ofArray(new long[1]);

    private GuardHits(Kernel kernel, long seed) {
        this.kernel = kernel;
        this.random = new Random(seed);
    }

    /**
     * What came of it.
     *
     * @param hits by how they missed
     * @param faults those of them that touched a hole through a stale segment before its scope had ended
     * @param wrong what was not as it has to be
     */
    public record Outcome(Map<Kind, Long> hits, long faults, List<String> wrong) {

        /** How many there were. */
        public long count() {
            return hits.values().stream().mapToLong(Long::longValue).sum();
        }

        @Override
        public String toString() {
            return count() + " hits " + hits + ", " + faults + " in holes below stale segments, "
                    + (wrong.isEmpty() ? "each attributed" : "wrong: " + wrong);
        }
    }

    /** Misses so often. */
    public static Outcome run(int count, long seed) {
        try (Kernel kernel = Kernel.boot(new Tunables(KMEM_BYTES))) {
            kernel.sysctl().writeText("vm.memguard.desc", "guarded");
            GuardHits hits = new GuardHits(kernel, seed);
            for (int hit = 0; hit < count; hit++) {
                hits.miss(hit);
            }
            long left = Objects.requireNonNull(kernel.runtime().type("guarded")).bytesInUse();
            if (left != 0 || !kernel.sysctl().readText("vm.memguard.blocks").equals("0")) {
                hits.wrong("at the end " + left + " bytes are in use");
            }
            return new Outcome(hits.hits, hits.faults, List.copyOf(hits.wrong));
        }
    }

    private void miss(int number) {
        int shift = random.nextInt(LARGEST_SHIFT + 1);
        long bytes = Math.max(1, (1L << shift) - (shift == 0 ? 0 : random.nextInt(1 << (shift - 1))));
        long length = 1L << random.nextInt(4);
        Kind kind = MISSES.get(random.nextInt(MISSES.size()));
        int operation = random.nextInt(4);
        boolean bySegment = random.nextBoolean();
        MemorySegment block = kernel.malloc().malloc(bytes, M_GUARDED, M_WAITOK);
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
                + operation + (bySegment ? " by segment" : " by address");
        GuardHit hit = bySegment
                ? bySegment(block, offset, length, operation, what)
                : byAddress(block, offset, length, operation, what);
        if (hit != null) {
            check(hit, kind, block, offset, what);
        }
        if (kind != Kind.USE_AFTER_FREE) {
            kernel.malloc().free(block, M_GUARDED);
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

    private @Nullable GuardHit bySegment(MemorySegment block, long offset, long length, int operation, String what) {
        try {
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
            return kernel.rawMemory().explain(block.address() + offset, length);
        } catch (InternalError | GuardHit hole) {
            faults++;
            return kernel.rawMemory().explain(block.address() + offset, length);
        }
        wrong(what + ": nothing was thrown");
        return null;
    }

    private void get(MemorySegment block, long offset, long length) {
        long value = switch ((int) length) {
            case 1 -> block.get(JAVA_BYTE, offset);
            case 2 -> block.get(JAVA_SHORT_UNALIGNED, offset);
            case 4 -> block.get(JAVA_INT_UNALIGNED, offset);
            default -> block.get(JAVA_LONG_UNALIGNED, offset);
        };
        read.set(JAVA_LONG_UNALIGNED, 0, value);
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
                && named.allocated().getFirst().contains(".GuardHits.miss(");
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
