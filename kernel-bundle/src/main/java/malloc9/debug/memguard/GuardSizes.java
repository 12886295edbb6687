package malloc9.debug.memguard;

import malloc9.vm.PageSource;

/**
 * How large MemGuard may become: memguard_fudge's sizing of 2010, with what was corrected in it that December.
 *
 * <p>Differs from BSD: the map lies beside the kernel map and not in it, so the kernel map does not grow by it.
 *
 * @param divisor what part of memory and of the largest kernel map it may take (vm.memguard.divisor)
 * @param physLimit bytes in use from which on requests below an OS page are not guarded any more (vm.memguard.phys_limit)
 * @param mapBytes bytes of address space (vm.memguard.mapsize)
 */
public record GuardSizes(int divisor, long physLimit, long mapBytes) {

    /** What is not set, or to nonsense. */
    public static final int STANDARD_DIVISOR = 10;

    /**
     * The sizes for a machine.
     *
     * @param divisor as asked for; 10 if that is nothing to divide by, or leaves nothing
     * @param physicalPages OS pages that the process may use
     * @param kmemBytes of the kernel map (vm.kmem_size)
     * @param kmemMax ceiling of the kernel map, 0 for none (vm.kmem_size_max)
     */
    public static GuardSizes of(long divisor, long physicalPages, long kmemBytes, long kmemMax) {
        int sane = divisor <= 0 || divisor > Integer.MAX_VALUE || kmemBytes / divisor == 0
                ? STANDARD_DIVISOR
                : (int) divisor;
        long most = 2 * physicalPages * PageSource.PAGE;
        long mapBytes = PageSource.roundUp(kmemMax / sane, PageSource.PAGE);
        return new GuardSizes(
                sane,
                physicalPages / sane * PageSource.PAGE,
                mapBytes == 0 || mapBytes / (2L * PageSource.PAGE) > physicalPages ? most : mapBytes);
    }
}
