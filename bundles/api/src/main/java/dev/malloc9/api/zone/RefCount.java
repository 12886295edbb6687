package dev.malloc9.api.zone;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The reference count of an item: an unsigned number of 32 bits (UMA_ZONE_REFCNT). All operations are atomic and any thread may call
 * them. The kernel does not interpret the count.
 */
@ProviderType
public interface RefCount {

    /** {@return the count, 0 to 2^32 - 1} */
    long get();

    /**
     * Replaces the count.
     *
     * @param count the new count, of which the low 32 bits are kept
     */
    void set(long count);

    /**
     * Adds a number to the count.
     *
     * @param delta the number, of which the low 32 bits count; may be negative
     * @return the sum, modulo 2^32
     */
    long add(long delta);
}
