package dev.malloc9.api.raw;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The service that reads and writes memory of {@link RawMalloc} by address. It is as unsafe as the address. If a block is guarded by
 * MemGuard, an access that misses the block throws a {@link GuardHit} at that access, which names the block (memguard(9)).
 *
 * <p>Numbers are in the host's byte order and need no alignment. Any number of threads may use this service.
 *
 * <p>Every access throws:
 * <ul>
 *   <li>{@link dev.malloc9.api.InvalidRequest} if it is outside this kernel's memory.
 *   <li>{@link dev.malloc9.api.UnregisteredType} if the kernel has stopped.
 *   <li>{@link GuardHit} if it misses a guarded block. An access in MemGuard's range that misses no known block first delivers the fault of
 *       an earlier access of the thread, as {@link #fence()} does.
 * </ul>
 *
 * <p>An access in the kernel map is not checked against blocks, so that it may reach free memory or another block.
 */
@ProviderType
public interface RawMemory {

    /**
     * {@return the byte at an address}
     *
     * @param address the address of the byte
     */
    byte getByte(long address);

    /**
     * {@return the two bytes at an address}
     *
     * @param address the address of the first byte
     */
    short getShort(long address);

    /**
     * {@return the four bytes at an address}
     *
     * @param address the address of the first byte
     */
    int getInt(long address);

    /**
     * {@return the eight bytes at an address}
     *
     * @param address the address of the first byte
     */
    long getLong(long address);

    /**
     * Writes a byte.
     *
     * @param address the address of the byte
     * @param value the byte to write
     */
    void putByte(long address, byte value);

    /**
     * Writes two bytes.
     *
     * @param address the address of the first byte
     * @param value the number to write
     */
    void putShort(long address, short value);

    /**
     * Writes four bytes.
     *
     * @param address the address of the first byte
     * @param value the number to write
     */
    void putInt(long address, int value);

    /**
     * Writes eight bytes.
     *
     * @param address the address of the first byte
     * @param value the number to write
     */
    void putLong(long address, long value);

    /**
     * Sets bytes to a value. If the access throws a {@link GuardHit}, some of the bytes before the missed one may have been set.
     *
     * @param address the address of the first byte
     * @param bytes the number of bytes, 0 or more
     * @param value the new value of each byte
     * @throws dev.malloc9.api.InvalidRequest if the number is negative
     */
    void fill(long address, long bytes, byte value);

    /**
     * Copies bytes between two ranges that may overlap. If the access throws a {@link GuardHit}, some of the bytes before the missed one
     * may have been copied.
     *
     * @param from the address of the first byte that is read
     * @param to the address of the first byte that is written
     * @param bytes the number of bytes, 0 or more
     * @throws dev.malloc9.api.InvalidRequest if the number is negative
     */
    void copy(long from, long to, long bytes);

    /**
     * Delivers the fault of an earlier access of this thread that was not made through this service. A JVM delivers such a fault some
     * time after the access, in an arbitrary frame.
     *
     * @throws GuardHit of kind {@code UNATTRIBUTED}, if the thread has touched a hole and the fault is not delivered yet
     */
    void fence();

    /**
     * Returns the error that an access would have, without making the access. The error is not recorded as a panic. A caller that caught
     * the exception of a segment finds the block with it.
     *
     * @param address the first byte of the access
     * @param bytes the number of bytes that are read or written, 0 or more
     * @return the error; null if the access is within one live guarded block, or if no known guarded block is near
     */
    @Nullable
    GuardHit explain(long address, long bytes);

    /**
     * Returns the error for the text of a JDK exception that names an address, such as the text of a segment's bounds check.
     *
     * @param text the message of the exception, not null
     * @return the error; null if the text names no address, or as {@link #explain(long, long)}
     */
    @Nullable
    GuardHit explain(String text);
}
