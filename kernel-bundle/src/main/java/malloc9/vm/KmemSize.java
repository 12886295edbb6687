package malloc9.vm;

import org.jspecify.annotations.Nullable;

/**
 * How large the kernel map becomes: kmeminit's sizing, step by step.
 *
 * <p>Sizes are in bytes. For the minimum, the maximum and the scale, 0 means none.
 *
 * @param initial what there is at least before anything is known of the machine (VM_KMEM_SIZE)
 * @param scale physical pages for one of the map (VM_KMEM_SIZE_SCALE, vm.kmem_size_scale)
 * @param min floor of what is computed (VM_KMEM_SIZE_MIN, vm.kmem_size_min)
 * @param max ceiling of what is computed, which wins over the floor (VM_KMEM_SIZE_MAX, vm.kmem_size_max)
 * @param size replaces what is computed, floor and ceiling or not (vm.kmem_size)
 */
public record KmemSize(
        long initial,
        long scale,
        long min,
        long max,
        @Nullable Long size) {

    /** Items are numbered by granules of 16 bytes in 32 bits, and the last number means none: no map is larger. */
    public static final long LARGEST = (64L << 30) - PageSource.SUPERPAGE;

    /** Here: one page of the map for each that the process may use, and the numbering's limit. */
    public static final KmemSize PLATFORM = new KmemSize(12 << 20, 1, 0, LARGEST, null);

    private static final long PIPE_KVA_MIN = 512 << 10;

    /** The same under the boot tunables; null for one that is not set. */
    public KmemSize tuned(@Nullable Long size, @Nullable Long newMin, @Nullable Long newMax, @Nullable Long newScale) {
        return new KmemSize(
                initial,
                newScale == null ? scale : newScale,
                newMin == null ? min : newMin,
                newMax == null ? max : newMax,
                size);
    }

    /**
     * The map's size.
     *
     * @param physicalPages OS pages that the process may use
     * @param clusters mbuf clusters that there shall be room for (nmbclusters)
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

    /** What pipes may take of a map of that size (kern.ipc.maxpipekva, init_param3). */
    public static long maxPipeKva(long kmemBytes) {
        return Math.max(kmemBytes / PageSource.PAGE / 20 * PageSource.PAGE, PIPE_KVA_MIN);
    }
}
