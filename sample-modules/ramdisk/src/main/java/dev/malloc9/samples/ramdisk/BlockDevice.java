package dev.malloc9.samples.ramdisk;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * A block device that holds numbered blocks of 4096 bytes in malloc9 memory, up to a limit.
 *
 * <p>Numbers are never reused, so a stale number finds no block instead of another file's block. For any number of threads. Once
 * {@link #close} has returned, no block is allocated, even if other threads are inside of a copy.
 */
final class BlockDevice implements AutoCloseable {

    static final int BLOCK_BYTES = 4096;

    private final Malloc malloc;
    private final MallocType type;

    /** The blocks by number. Guarded by this device's monitor, as the fields below. */
    private final Map<Long, MemorySegment> blocks = new HashMap<>();

    private long nextNumber;
    private long limitBytes;
    private boolean closed;

    BlockDevice(Malloc malloc, MallocType type, long limitBytes) {
        this.malloc = malloc;
        this.type = type;
        limit(limitBytes);
    }

    /**
     * Sets the maximum number of bytes that the blocks may take. Blocks above a lower limit are kept. Throws RamdiskFailed if the
     * number is negative.
     */
    synchronized void limit(long bytes) {
        if (bytes < 0) {
            throw RamdiskFailed.badLimit(bytes);
        }
        limitBytes = bytes;
    }

    synchronized long limit() {
        return limitBytes;
    }

    /** Returns the number of bytes that the blocks take. */
    synchronized long usedBytes() {
        return (long) blocks.size() * BLOCK_BYTES;
    }

    /**
     * Stores the first bytes of an array in a new block.
     *
     * @param length the number of bytes, 0 to 4096
     * @return the block's number
     * @throws RamdiskFailed if the limit does not allow another block, or the device is closed; exceptions of malloc are passed on
     */
    synchronized long store(byte[] source, int length) {
        checkOpen();
        if (usedBytes() + BLOCK_BYTES > limitBytes) {
            throw RamdiskFailed.full(usedBytes(), limitBytes);
        }
        MemorySegment block = malloc.malloc(BLOCK_BYTES, type, M_WAITOK);
        MemorySegment.copy(source, 0, block, ValueLayout.JAVA_BYTE, 0, length);
        blocks.put(nextNumber, block);
        return nextNumber++;
    }

    /** Copies the first bytes of a block to an array. Throws RamdiskFailed after close, IllegalArgumentException if there is no block. */
    synchronized void load(long number, byte[] target, int length) {
        checkOpen();
        MemorySegment block = blocks.get(number);
        if (block == null) {
            throw new IllegalArgumentException("no block " + number);
        }
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, target, 0, length);
    }

    /** Frees a block; a no-op for an unknown number. After {@link #close} this is a no-op, since the block was freed there. */
    synchronized void free(long number) {
        MemorySegment block = blocks.remove(number);
        if (block != null) {
            malloc.free(block, type);
        }
    }

    /** Frees all blocks. Later calls of {@code store} and {@code load} throw RamdiskFailed. */
    @Override
    public synchronized void close() {
        closed = true;
        blocks.values().forEach(block -> malloc.free(block, type));
        blocks.clear();
    }

    private void checkOpen() {
        if (closed) {
            throw RamdiskFailed.detached();
        }
    }
}
