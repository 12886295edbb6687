package malloc9.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The statistics of a type, for memory that another allocator handed out (malloc_type_allocated, malloc_type_freed): it is
 * shown by {@code vmstat -m}, missed at the bundle's stop and counted against limits like the kernel's own, but never
 * refused.
 */
@ProviderType
public interface TypeAccounting {

    /**
     * Counts an allocation of that many bytes; 0 bytes are none.
     *
     * @throws InvalidRequest if the bytes are negative, the type null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded (any more)
     */
    void allocated(MallocType type, long bytes);

    /**
     * Counts a free of that many bytes, 0 included.
     *
     * @throws InvalidRequest if the bytes are negative, the type null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded (any more)
     */
    void freed(MallocType type, long bytes);
}
