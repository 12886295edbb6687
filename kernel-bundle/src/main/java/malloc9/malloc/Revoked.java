package malloc9.malloc;

/**
 * The memory that a kernel's stop revoked.
 *
 * @param blocks the number of live blocks
 * @param types the number of types that they were of
 */
public record Revoked(long blocks, int types) {}
