package dev.malloc9.malloc.account;

import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.PageSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The size classes of a kernel (kmemsize): the item sizes to which small requests are rounded up. A request that is larger than the largest
 * class is served by a page run.
 *
 * <p>A preset is chosen at boot ({@code vm.malloc.size_classes}):
 * <pre>
 *   bsd     16 32 64 ... 4096                                    FreeBSD's, to the OS page; whole pages above
 *   pages   16 32 64 ... 4096 | 8192 12288 16384 ... 65536       bsd, and items of 2 to 16 pages
 *   fine    16 32 48 ... 128 | 160 192 224 256 | 320 ... 65536   four classes to a doubling above 128
 * </pre>
 * The sizes apply to a machine with OS pages of 4 KiB; {@code bsd} and {@code pages} follow the page size. Each preset contains all powers
 * of two up to the OS page. A slab places item i at i times its size, so that a request whose size is such a power is aligned to its size.
 */
public final class SizeClasses {

    /** The upper bound of the number of classes in a preset. {@link Counters} has this many columns for each count by class. */
    public static final int MAX_COUNT = 48;

    /** The number of powers of two from a granule to the OS page: the number of bits of a size mask. */
    public static final int POWERS = Integer.numberOfTrailingZeros(PageSource.PAGE >>> Slab.GRANULE_SHIFT) + 1;

    /** The length of the table from granules to classes, the same for all presets. */
    static final int TABLE_LENGTH = (int) (Uma.ITEM_MAX >>> Slab.GRANULE_SHIFT);

    /**
     * The size in bytes from which on the preset {@code fine} has FINE_STEPS classes per doubling. Below, classes are one granule apart.
     */
    private static final long FINE_FROM = 128;

    private static final int FINE_STEPS = 4;

    /** The preset of FreeBSD: powers of two up to the OS page. */
    public static final SizeClasses BSD = new SizeClasses("bsd", powers(), Long::toString);

    /** The preset of FreeBSD, extended by whole numbers of pages up to the largest size that is served as an item. */
    public static final SizeClasses PAGES = new SizeClasses("pages", powersAndPages(), SizeClasses::inPages);

    /** The preset with four classes per doubling. Above 128 bytes, at most a fifth of a block is lost by rounding up. */
    public static final SizeClasses FINE = new SizeClasses("fine", fourToADoubling(), Long::toString);

    private static final List<SizeClasses> PRESETS = List.of(BSD, PAGES, FINE);

    private final String name;
    private final long[] sizes;
    private final List<String> names;

    /** The table's value for sizes above the largest class. No zone has this number. */
    static final byte NONE = -1;

    /** The class of each size. The index is the number of the granule that contains the last byte of the request. */
    private final byte[] classOf = new byte[TABLE_LENGTH];

    private SizeClasses(String name, long[] sizes, LongFunction<String> zoneName) {
        this.name = name;
        this.sizes = sizes;
        this.names = LongStream.of(sizes).mapToObj(zoneName).toList();
        int sizeClass = 0;
        for (int granule = 0; granule < TABLE_LENGTH; granule++) {
            if (sizeClass < sizes.length && (long) granule << Slab.GRANULE_SHIFT == sizes[sizeClass]) {
                sizeClass++;
            }
            classOf[granule] = sizeClass < sizes.length ? (byte) sizeClass : NONE;
        }
    }

    /** Returns the preset of the given name, or null if there is none. */
    public static @Nullable SizeClasses named(String name) {
        return PRESETS.stream()
                .filter(preset -> preset.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Returns the name of the preset. */
    public String name() {
        return name;
    }

    /** Returns the number of classes. */
    public int count() {
        return sizes.length;
    }

    /** Returns a copy of the class sizes in bytes, by class number. */
    public long[] sizes() {
        return sizes.clone();
    }

    /**
     * Returns the names of the zones, by class number: the size in bytes. In the preset {@code pages}, a class of more than one page is
     * named after its number of pages.
     */
    public List<String> names() {
        return names;
    }

    /** Returns the size of the largest class in bytes, a power of two. */
    public long largest() {
        return sizes[sizes.length - 1];
    }

    /**
     * Returns the class of a request.
     *
     * @param size the size in bytes, at most {@link #largest()}; 0 and negative values have the smallest class
     */
    public int of(long size) {
        return classOf[(int) (Math.max(size, 1) - 1) >>> Slab.GRANULE_SHIFT];
    }

    /** Returns the number of bytes that a request of a class is accounted as: the size of the class. */
    public long bytes(int sizeClass) {
        return sizes[sizeClass];
    }

    /**
     * Returns the number of bytes that a request is accounted as: the size of its class, or whole pages if it exceeds the largest class.
     */
    public long accounted(long size) {
        return size <= largest() ? sizes[of(size)] : PageSource.roundUp(size, PageSource.PAGE);
    }

    /**
     * Returns the size of the smallest class that holds a request and whose items are aligned. A request above the largest class gets the
     * given size, because a page run is aligned to an OS page.
     *
     * @param size the requested size in bytes
     * @param alignment the alignment in bytes, a power of two and at most an OS page
     */
    public long aligned(long size, long alignment) {
        for (int sizeClass = of(Math.min(size, largest())); sizeClass < sizes.length; sizeClass++) {
            if (sizes[sizeClass] >= size && sizes[sizeClass] % alignment == 0) {
                return sizes[sizeClass];
            }
        }
        return size;
    }

    /**
     * Returns the bit of a class in a size mask. Bit i means "larger than {@code 8 << i} and at most {@code 16 << i} bytes". Returns 0 for
     * a class above the OS page.
     */
    public int maskBit(int sizeClass) {
        return sizes[sizeClass] > PageSource.PAGE
                ? 0
                : 1 << (Long.SIZE - Long.numberOfLeadingZeros((sizes[sizeClass] - 1) >>> Slab.GRANULE_SHIFT));
    }

    /** Returns the sizes that the bits of a size mask stand for, in bytes: {@code 16 << i} for bit i, up to the OS page. */
    public static long[] maskSizes() {
        return powers();
    }

    /** Returns the table that {@link #of} uses, for callers that inline the lookup. The table is not copied and must not be modified. */
    public byte[] table() {
        return classOf;
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(sizes);
    }

    private static long[] powers() {
        return IntStream.range(0, POWERS)
                .mapToLong(i -> (long) Slab.GRANULE << i)
                .toArray();
    }

    private static long[] powersAndPages() {
        return LongStream.concat(
                        LongStream.of(powers()),
                        LongStream.rangeClosed(2, Uma.ITEM_MAX / PageSource.PAGE)
                                .map(pages -> pages * PageSource.PAGE))
                .toArray();
    }

    private static long[] fourToADoubling() {
        LongStream.Builder sizes = LongStream.builder();
        for (long size = Slab.GRANULE; size <= FINE_FROM; size += Slab.GRANULE) {
            sizes.add(size);
        }
        for (long from = FINE_FROM; from < Uma.ITEM_MAX; from *= 2) {
            for (int step = 1; step <= FINE_STEPS; step++) {
                sizes.add(from + step * from / FINE_STEPS);
            }
        }
        return sizes.build().toArray();
    }

    private static String inPages(long size) {
        return size <= PageSource.PAGE ? Long.toString(size) : size / PageSource.PAGE + " pages";
    }
}
