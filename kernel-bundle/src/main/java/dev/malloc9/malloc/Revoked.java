package dev.malloc9.malloc;

/**
 * The memory in use that a kernel's stop revoked.
 *
 * @param blocks the number of live blocks of types and items of zones
 * @param types the number of types with live blocks; a zone with items in use counts as the type that it was created with
 */
public record Revoked(long blocks, int types) {}
