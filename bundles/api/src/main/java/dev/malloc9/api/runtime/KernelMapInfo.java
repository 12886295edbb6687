package dev.malloc9.api.runtime;

/**
 * The figures of the kernel map: the one range of address space from which blocks and items are allocated (kmem_map). Guarded blocks lie
 * outside it.
 *
 * @param size the capacity in bytes (vm.kmem_size)
 * @param used the bytes in use by slabs and page runs (vm.kmem_map_size)
 * @param largestFree the size in bytes of the largest hole (vm.kmem_map_free)
 * @param quarantined the bytes that cannot be reused yet: blocks that stopped bundles had by address, blocks of stopped bundles that a
 *     native call still uses, and items in use of destroyed zones. The last two are as of the latest stop of a bundle.
 */
public record KernelMapInfo(long size, long used, long largestFree, long quarantined) {}
