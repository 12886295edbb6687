package dev.malloc9.debug.memguard;

import dev.malloc9.vm.PageSource;

/**
 * The limits of MemGuard's size, computed as in memguard_fudge of 2010 with the corrections of December 2010.
 *
 * <p>Differs from BSD: the map lies beside the kernel map and not inside it, so the kernel map does not grow by it.
 *
 * @param divisor the part of physical memory and of the largest kernel map that MemGuard may use, as a divisor (vm.memguard.divisor)
 * @param physLimit the size in bytes of pages in use from which on requests below an OS page are not guarded (vm.memguard.phys_limit)
 * @param mapBytes the size of the address space in bytes (vm.memguard.mapsize)
 */
public record GuardSizes(int divisor, long physLimit, long mapBytes) {

    /** The divisor that holds if none is set, or if the value cannot be used. */
    public static final int STANDARD_DIVISOR = 10;

    /**
     * Computes the limits for a machine. The address space is a part of the largest kernel map. If the kernel map has no ceiling, or the
     * part exceeds twice the physical memory, the address space is twice the physical memory.
     *
     * @param divisor the requested divisor; 10 is used if it is not positive, exceeds an int, or exceeds {@code kmemBytes}
     * @param physicalPages the number of OS pages that the process may use
     * @param kmemBytes the size of the kernel map in bytes (vm.kmem_size)
     * @param kmemMax the ceiling of the kernel map in bytes; 0 for none (vm.kmem_size_max)
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
