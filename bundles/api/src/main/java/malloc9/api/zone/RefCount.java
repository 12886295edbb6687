package malloc9.api.zone;

import org.osgi.annotation.versioning.ProviderType;

/** The reference count beside an item: 32 bits, unsigned, atomic. It means what the driver means by it. */
@ProviderType
public interface RefCount {

    /** The count. */
    long get();

    /** Replaces the count by the low 32 bits of a value. */
    void set(long count);

    /**
     * Adds.
     *
     * @return the sum, modulo 2^32
     */
    long add(long delta);
}
