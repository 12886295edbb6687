package malloc9.api.zone;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The unsafe view of a zone, by {@code long} addresses: an address has no bounds and is not revoked when its bundle
 * stops. The checks at zfree are the same; items of both views may be freed by either.
 */
@ProviderType
public interface RawZone {

    /**
     * Allocates an item.
     *
     * @return its address; 0 only with {@code M_NOWAIT}
     */
    default long zalloc(long flags) {
        return zalloc(null, flags);
    }

    /** As {@link #zalloc(long)}, with an argument for the constructor. */
    long zalloc(@Nullable Object arg, long flags);

    /** Gives an item back; 0 is a no-op. */
    default void zfree(long address) {
        zfree(address, null);
    }

    /** As {@link #zfree(long)}, with an argument for the destructor. */
    void zfree(long address, @Nullable Object arg);
}
