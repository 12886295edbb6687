package dev.malloc9.debug.memguard;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.vm.Fence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A service for access by address, with a fence around each access that may fault.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: no data of its own. Memory of the kernel map has no MemGuard holes, and is accessed without a fence.
 *   <li>Concurrency: another thread may free the block at any instant, so only the access itself shows whether it is valid. The index
 *       of blocks only names the block. An access outside one live block is refused before its first byte if a block is known in its pages
 *       or near it. Without such a block, the access is made, and the fence reports the fault.
 *   <li>Invariants: a fault of an earlier access is delivered before the access. The fault that the second fence delivers therefore
 *       belongs to this access.
 *   <li>Cost: two comparisons in the kernel map. In the guarded range, a look-up and two fences, about 100 ns.
 *   <li>Differs from BSD: there, the processor reports the address of a fault.
 * </ul>
 */
public final class GuardedMemory implements RawMemory {

    private final MemGuard guard;
    private final long mapBase;
    private final long mapSize;
    private final Consumer<GuardHit> told;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = MemorySegment.NULL.reinterpret(Long.MAX_VALUE, arena, null);

    /**
     * Always 0, but unknown to the compiler; every value that is read is combined with it. C2 may merge a read and its use into one
     * instruction. HotSpot does not know the length of every such instruction (x86's movslq), and needs the length to continue after a
     * fault.
     */
    private int zero;

    /**
     * Creates the service for one kernel's memory.
     *
     * @param guard the guarding allocator
     * @param mapBase the address of the first byte of the kernel map
     * @param mapSize the size of the kernel map in bytes
     * @param told the consumer of each {@link GuardHit} before it is thrown
     */
    public GuardedMemory(MemGuard guard, long mapBase, long mapSize, Consumer<GuardHit> told) {
        this.guard = guard;
        this.mapBase = mapBase;
        this.mapSize = mapSize;
        this.told = told;
    }

    /** Ends all access: a later access throws {@link UnregisteredType}. A second call has no effect. */
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Override
    public byte getByte(long address) {
        long[] value = {0};
        access(address, Byte.BYTES, Messages.READ, () -> value[0] = memory.get(JAVA_BYTE, address) ^ zero);
        return (byte) value[0];
    }

    @Override
    public short getShort(long address) {
        long[] value = {0};
        access(address, Short.BYTES, Messages.READ, () -> value[0] = memory.get(JAVA_SHORT_UNALIGNED, address) ^ zero);
        return (short) value[0];
    }

    @Override
    public int getInt(long address) {
        long[] value = {0};
        access(address, Integer.BYTES, Messages.READ, () -> value[0] = memory.get(JAVA_INT_UNALIGNED, address) ^ zero);
        return (int) value[0];
    }

    @Override
    public long getLong(long address) {
        long[] value = {0};
        access(address, Long.BYTES, Messages.READ, () -> value[0] = memory.get(JAVA_LONG_UNALIGNED, address) ^ zero);
        return value[0];
    }

    @Override
    public void putByte(long address, byte value) {
        access(address, Byte.BYTES, Messages.WRITE, () -> memory.set(JAVA_BYTE, address, value));
    }

    @Override
    public void putShort(long address, short value) {
        access(address, Short.BYTES, Messages.WRITE, () -> memory.set(JAVA_SHORT_UNALIGNED, address, value));
    }

    @Override
    public void putInt(long address, int value) {
        access(address, Integer.BYTES, Messages.WRITE, () -> memory.set(JAVA_INT_UNALIGNED, address, value));
    }

    @Override
    public void putLong(long address, long value) {
        access(address, Long.BYTES, Messages.WRITE, () -> memory.set(JAVA_LONG_UNALIGNED, address, value));
    }

    @Override
    public void fill(long address, long bytes, byte value) {
        access(
                address,
                bytes,
                Messages.FILL,
                () -> memory.asSlice(address, bytes).fill(value));
    }

    @Override
    public void copy(long from, long to, long bytes) {
        boolean source = check(from, bytes, Messages.COPY);
        boolean target = check(to, bytes, Messages.COPY);
        access(source || target, () -> MemorySegment.copy(memory, from, memory, to, bytes), Messages.COPY, () -> {
            GuardHit missed = guard.hits().of(to, bytes, Messages.COPY);
            if (missed == null) {
                missed = guard.hits().of(from, bytes, Messages.COPY);
            }
            return missed != null
                    ? missed
                    : guard.hits().unknown(guard.find(to) == null ? to : from, bytes, Messages.COPY);
        });
    }

    @Override
    public void fence() {
        try {
            guard.fence("a fence");
        } catch (GuardHit hit) {
            told.accept(hit);
            throw hit;
        }
    }

    @Override
    public @Nullable GuardHit explain(long address, long bytes) {
        return guard.hits().of(address, bytes, Messages.ACCESS);
    }

    @Override
    public @Nullable GuardHit explain(String text) {
        return guard.hits().of(text, Messages.ACCESS);
    }

    /** A supplier of the error for an access that has faulted. */
    private interface Missed {
        GuardHit hit();
    }

    private void access(long address, long bytes, String kind, Runnable access) {
        access(check(address, bytes, kind), access, kind, () -> {
            GuardHit missed = guard.hits().of(address, bytes, kind);
            return missed == null ? guard.hits().unknown(address, bytes, kind) : missed;
        });
    }

    private void access(boolean holes, Runnable access, String kind, Missed missed) {
        try {
            if (!holes) {
                access.run();
                return;
            }
            guard.fence(kind);
            try {
                access.run();
                Fence.pass();
            } catch (InternalError fault) {
                GuardHit hit = missed.hit();
                hit.initCause(fault);
                throw hit;
            }
        } catch (GuardHit hit) {
            told.accept(hit);
            throw hit;
        } catch (IllegalStateException ended) {
            throw new UnregisteredType(Messages.stopped(kind));
        }
    }

    /**
     * Checks an access before it is made.
     *
     * @return whether the access needs fences; false if it lies in the kernel map
     * @throws InvalidRequest if the size is negative, or the access touches memory outside the kernel map and the guarded range
     * @throws UnregisteredType if the kernel has stopped
     * @throws GuardHit if the access misses a known block
     */
    private boolean check(long address, long bytes, String access) {
        if (bytes < 0) {
            throw new InvalidRequest(Messages.negative(access, bytes));
        }
        if (!arena.scope().isAlive()) {
            throw new UnregisteredType(Messages.stopped(access));
        }
        long offset = address - mapBase;
        if (offset >= 0 && offset <= mapSize && bytes <= mapSize - offset) {
            return false;
        }
        if (!guard.owns(address) || (bytes > 0 && !guard.owns(address + bytes - 1))) {
            throw new InvalidRequest(Messages.notOurs(access, bytes, address));
        }
        GuardedBlock block = guard.find(address);
        boolean inside = block == null ? bytes == 0 : block.holds(address, bytes);
        GuardHit missed = inside ? null : guard.hits().of(address, bytes, access);
        if (missed != null) {
            told.accept(missed);
            throw missed;
        }
        return true;
    }
}
