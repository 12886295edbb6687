package dev.malloc9.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The statistics of a type for memory of another allocator (malloc_type_allocated, malloc_type_freed).
 *
 * <p>The memory is shown by {@code vmstat -m}, reported as a leak at the bundle's stop, and counted against limits like the kernel's own.
 * It is never refused. Any number of threads may call the methods at the same time; they do not wait at limits.
 */
@ProviderType
public interface TypeAccounting {

    /**
     * Counts an allocation (malloc_type_allocated).
     *
     * @param type the memory type; must be registered with this kernel
     * @param bytes the size in bytes; 0 counts no allocation
     * @throws InvalidRequest if the size is negative, or if the type is null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded or has stopped, or if the kernel has stopped
     */
    void allocated(MallocType type, long bytes);

    /**
     * Counts a free (malloc_type_freed). The allocation is not looked up, so that wrong figures can make the usage negative.
     *
     * @param type the memory type; must be registered with this kernel
     * @param bytes the size in bytes; 0 counts a free of 0 bytes
     * @throws InvalidRequest if the size is negative, or if the type is null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded or has stopped, or if the kernel has stopped
     */
    void freed(MallocType type, long bytes);
}
