package dev.malloc9.api.runtime;

import java.util.List;

/**
 * The free space of the kernel map, counted in blocks of powers of two, as a buddy allocator would divide it (vm_phys).
 *
 * @param pageBytes the size of an OS page in bytes
 * @param blocks the number of free blocks by order. A block of order n has {@code pageBytes << n} bytes and lies at a multiple of its
 *     size. Blocks do not overlap, and each is as large as possible, up to the largest order.
 */
public record FreePages(long pageBytes, List<Long> blocks) {

    /** Copies the list. */
    public FreePages {
        blocks = List.copyOf(blocks);
    }

    /**
     * {@return the size in bytes of a block of an order}
     *
     * @param order the order, an index of {@link #blocks()}
     */
    public long bytes(int order) {
        return pageBytes << order;
    }
}
