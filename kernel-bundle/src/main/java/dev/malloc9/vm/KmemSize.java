package dev.malloc9.vm;

import org.jspecify.annotations.Nullable;

/**
 * The parameters and the computation of the kernel map's size: the steps of kmeminit.
 *
 * <p>Sizes are in bytes. For the minimum, the maximum and the scale, 0 means none.
 *
 * @param initial the size to which the pages of the mbuf clusters are added; the sum is the computed size unless {@code scale} gives more
 *     (VM_KMEM_SIZE)
 * @param scale the number of physical pages for each page of the map (VM_KMEM_SIZE_SCALE, vm.kmem_size_scale)
 * @param min the lower limit of the computed size (VM_KMEM_SIZE_MIN, vm.kmem_size_min)
 * @param max the upper limit of the computed size, which takes precedence over {@code min} (VM_KMEM_SIZE_MAX, vm.kmem_size_max)
 * @param size the size that replaces the computed one, without regard to {@code min} and {@code max} (vm.kmem_size); null to compute the
 *     size
 */
public record KmemSize(
        long initial,
        long scale,
        long min,
        long max,
        @Nullable Long size) {

    /**
     * The largest size of a map: items are numbered by granules of 16 bytes in 32 bits, and the last superpage's numbers are not used,
     * since the last number means "none".
     */
    public static final long LARGEST = (64L << 30) - PageSource.SUPERPAGE;

    /** The parameters of this platform: one page of the map for each page that the process may use, up to {@link #LARGEST}. */
    public static final KmemSize PLATFORM = new KmemSize(12 << 20, 1, 0, LARGEST, null);

    private static final long PIPE_KVA_MIN = 512 << 10;

    /**
     * Returns these parameters with the boot tunables applied. A null keeps the present value, except that a null {@code size} means that
     * the size is computed.
     */
    public KmemSize tuned(@Nullable Long size, @Nullable Long newMin, @Nullable Long newMax, @Nullable Long newScale) {
        return new KmemSize(
                initial,
                newScale == null ? scale : newScale,
                newMin == null ? min : newMin,
                newMax == null ? max : newMax,
                size);
    }

    /**
     * Returns the map's size in bytes. Even a given {@code size} is limited to twice the physical memory. {@link #LARGEST} is not applied
     * to it.
     *
     * @param physicalPages the number of OS pages that the process may use
     * @param clusters the number of mbuf clusters that the map must have room for (nmbclusters)
     */
    public long bytes(long physicalPages, long clusters) {
        long bytes = initial + clusters * PageSource.PAGE;
        if (scale > 0 && physicalPages / scale > bytes / PageSource.PAGE) {
            bytes = physicalPages / scale * PageSource.PAGE;
        }
        if (min > 0 && bytes < min) {
            bytes = min;
        }
        if (max > 0 && bytes >= max) {
            bytes = max;
        }
        if (size != null) {
            bytes = size;
        }
        if (bytes / 2 / PageSource.PAGE > physicalPages) {
            bytes = 2 * physicalPages * PageSource.PAGE;
        }
        return bytes;
    }

    /**
     * Returns the number of bytes that pipes may use of a map of the given size: a 20th, at least 512 KiB (kern.ipc.maxpipekva,
     * init_param3).
     */
    public static long maxPipeKva(long kmemBytes) {
        return Math.max(kmemBytes / PageSource.PAGE / 20 * PageSource.PAGE, PIPE_KVA_MIN);
    }
}
