package malloc9.api.runtime;

/**
 * The kernel map: the one range of address space that all blocks come from.
 *
 * @param size capacity in bytes (vm.kmem_size)
 * @param used bytes in use by slabs and page runs (vm.kmem_map_size)
 * @param largestFree bytes of the largest hole (vm.kmem_map_free)
 * @param quarantined bytes that could not be taken back, since a native call still used them
 */
public record KernelMapInfo(long size, long used, long largestFree, long quarantined) {}
