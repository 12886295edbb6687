package malloc9.api.runtime;

import java.util.List;

/**
 * What of the kernel map nobody has, counted in blocks of whole powers of two that lie as a buddy allocator's would (vm_phys).
 *
 * @param pageBytes bytes of an OS page
 * @param blocks how many blocks there are by their order: of order n a block is {@code pageBytes << n} long and lies on a multiple of that.
 *     None counts twice, and each is as large as it can be
 */
public record FreePages(long pageBytes, List<Long> blocks) {

    /** Keeps the numbers as they are now. */
    public FreePages {
        blocks = List.copyOf(blocks);
    }

    /** Bytes of a block of that order. */
    public long bytes(int order) {
        return pageBytes << order;
    }
}
