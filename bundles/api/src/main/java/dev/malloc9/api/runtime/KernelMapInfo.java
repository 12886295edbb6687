package dev.malloc9.api.runtime;

/**
 * The figures of the kernel map: the one range of address space from which blocks and items are allocated (kmem_map). Guarded blocks lie
 * outside it.
 *
 * @param size the capacity in bytes (vm.kmem_size)
 * @param used the bytes in use by slabs and page runs (vm.kmem_map_size)
 * @param largestFree the size in bytes of the largest hole (vm.kmem_map_free)
 * @param quarantined the bytes left by stopped bundles that are not reused yet: blocks that were handed out by address, and blocks that a
 *     native call still used
 */
public record KernelMapInfo(long size, long used, long largestFree, long quarantined) {}
