package malloc9.api.raw;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Access by address to memory of {@link RawMalloc}: as unsafe as the address, but where the block is guarded, an access that misses it
 * ends in a {@link GuardHit} at that access, which names the block.
 *
 * <p>Numbers are in the host's byte order, and need no alignment. Addresses that are none of the kernel's are refused with
 * {@link malloc9.api.InvalidRequest}. May be used by any number of threads.
 */
@ProviderType
public interface RawMemory {

    /** Reads a byte. */
    byte getByte(long address);

    /** Reads two bytes. */
    short getShort(long address);

    /** Reads four bytes. */
    int getInt(long address);

    /** Reads eight bytes. */
    long getLong(long address);

    /** Writes a byte. */
    void putByte(long address, byte value);

    /** Writes two bytes. */
    void putShort(long address, short value);

    /** Writes four bytes. */
    void putInt(long address, int value);

    /** Writes eight bytes. */
    void putLong(long address, long value);

    /** Sets that many bytes, 0 or more; of those before the one that misses, some may be set. */
    void fill(long address, long bytes, byte value);

    /** Copies that many bytes, 0 or more, which may overlap; of those before the one that misses, some may be copied. */
    void copy(long from, long to, long bytes);

    /**
     * Delivers the fault of an access before, which was not made through this: a JVM delivers it some time later, in whatever frame.
     *
     * @throws GuardHit if the thread has touched a hole and not learnt of it yet: unattributed
     */
    void fence();

    /**
     * What an access would miss, or has missed: for who has caught what a segment threw and wants the block.
     *
     * @param bytes how many it reads or writes, 0 or more
     * @return null if the access hits one live guarded block, or misses none that is known
     */
    @Nullable
    GuardHit explain(long address, long bytes);

    /**
     * The same for the text of an exception of the JDK's that says which address it is about, as that of a segment's bounds does.
     *
     * @return null if it says no address, or as above
     */
    @Nullable
    GuardHit explain(String text);
}
