package dev.malloc9.malloc;

/**
 * The memory in use that a kernel's stop revoked.
 *
 * @param blocks the number of live blocks of the types that were registered at the stop, and of items of the zones that were open; memory
 *     that another allocator accounted to a type counts
 * @param types the number of types with live blocks or bytes in use; a zone with items in use counts as the type that it was created with
 */
public record Revoked(long blocks, int types) {}
