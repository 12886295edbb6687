package malloc9.samples.ramdisk;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import malloc9.api.Malloc;
import malloc9.api.MallocType;

/**
 * A block device holds blocks of 4096 bytes in malloc9 memory, by number, up to a limit.
 *
 * <p>Numbers are never used again, so that an old one finds nothing instead of somebody else's block. For any number
 * of threads; a caller of {@link #close} knows that nothing is allocated any more, whoever is in the middle of what.
 */
final class BlockDevice implements AutoCloseable {

    static final int BLOCK_BYTES = 4096;

    private final Malloc malloc;
    private final MallocType type;

    /** Guarded by this device, as all below. */
    private final Map<Long, MemorySegment> blocks = new HashMap<>();

    private long nextNumber;
    private long limitBytes;
    private boolean closed;

    BlockDevice(Malloc malloc, MallocType type, long limitBytes) {
        this.malloc = malloc;
        this.type = type;
        limit(limitBytes);
    }

    /** Sets how many bytes the blocks may take; what is above it already stays. */
    synchronized void limit(long bytes) {
        if (bytes < 0) {
            throw RamdiskFailed.badLimit(bytes);
        }
        limitBytes = bytes;
    }

    synchronized long limit() {
        return limitBytes;
    }

    /** The bytes that the blocks take. */
    synchronized long usedBytes() {
        return (long) blocks.size() * BLOCK_BYTES;
    }

    /**
     * Puts the first bytes of an array, at most a block's, into a new block.
     *
     * @return the block's number
     * @throws RamdiskFailed if the limit does not allow another block, or the device is closed
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

    /** Copies the first bytes of a block to the start of an array. */
    synchronized void load(long number, byte[] target, int length) {
        checkOpen();
        MemorySegment block = blocks.get(number);
        if (block == null) {
            throw new IllegalArgumentException("no block " + number);
        }
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, target, 0, length);
    }

    /** Frees a block; a closed device has freed it already. */
    synchronized void free(long number) {
        MemorySegment block = blocks.remove(number);
        if (block != null) {
            malloc.free(block, type);
        }
    }

    /** Frees every block and takes no more. */
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
