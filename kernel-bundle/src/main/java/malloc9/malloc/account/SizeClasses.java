package malloc9.malloc.account;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The size classes of a kernel (kmemsize): the item sizes that small requests are rounded up to. What is larger than the
 * largest class is a page run.
 *
 * <p>A preset is chosen at boot ({@code vm.malloc.size_classes}):
 * <pre>
 *   bsd     16 32 64 ... 4096                                    FreeBSD's, to the OS page; whole pages above
 *   pages   16 32 64 ... 4096 | 8192 12288 16384 ... 65536       bsd, and items of 2 to 16 pages
 *   fine    16 32 48 ... 128 | 160 192 224 256 | 320 ... 65536   four classes to a doubling above 128
 * </pre>
 * The sizes are those of a machine with OS pages of 4 KiB; {@code bsd} and {@code pages} follow the page size.
 * Each has all powers of two up to the OS page, and slabs put item i at i times its size: a request of such a size is aligned to it.
 */
public final class SizeClasses {

    /** Most classes that a preset has: the width of the counters. */
    public static final int MAX_COUNT = 48;

    /** Powers of two from a granule to the OS page: the bits of a size mask. */
    public static final int POWERS = Integer.numberOfTrailingZeros(PageSource.PAGE >>> Slab.GRANULE_SHIFT) + 1;

    /** Entries of the table from granules to classes, whatever the preset. */
    static final int TABLE_LENGTH = (int) (Uma.ITEM_MAX >>> Slab.GRANULE_SHIFT);

    private static final long FINE_FROM = 128;
    private static final int FINE_STEPS = 4;

    /** FreeBSD's: powers of two to the OS page. */
    public static final SizeClasses BSD = new SizeClasses("bsd", powers(), Long::toString);

    /** FreeBSD's, then whole pages up to what is served as an item. */
    public static final SizeClasses PAGES = new SizeClasses("pages", powersAndPages(), SizeClasses::inPages);

    /** Four to a doubling: at most a fifth of a block is lost above 128 bytes. */
    public static final SizeClasses FINE = new SizeClasses("fine", fourToADoubling(), Long::toString);

    private static final List<SizeClasses> PRESETS = List.of(BSD, PAGES, FINE);

    private final String name;
    private final long[] sizes;
    private final List<String> names;

    /** What the table says above the largest class: no zone has that number. */
    static final byte NONE = -1;

    /** By the granule that the last byte of the request lies in. */
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

    /** The preset of that name, or null. */
    public static @Nullable SizeClasses named(String name) {
        return PRESETS.stream()
                .filter(preset -> preset.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The preset's name. */
    public String name() {
        return name;
    }

    /** How many there are. */
    public int count() {
        return sizes.length;
    }

    /** The classes' bytes by number. */
    public long[] sizes() {
        return sizes.clone();
    }

    /** The zones' names by number. */
    public List<String> names() {
        return names;
    }

    /** Bytes of the largest class, a power of two. */
    public long largest() {
        return sizes[sizes.length - 1];
    }

    /** The class of a request of up to {@link #largest()} bytes; none has the smallest. */
    public int of(long size) {
        return classOf[(int) (Math.max(size, 1) - 1) >>> Slab.GRANULE_SHIFT];
    }

    /** The bytes that a request of that class is accounted with. */
    public long bytes(int sizeClass) {
        return sizes[sizeClass];
    }

    /** The bytes that a request is accounted with: its class, or whole pages. */
    public long accounted(long size) {
        return size <= largest() ? sizes[of(size)] : PageSource.roundUp(size, PageSource.PAGE);
    }

    /**
     * The smallest request for that many bytes whose block is aligned.
     *
     * @param alignment a power of two, at most an OS page
     */
    public long aligned(long size, long alignment) {
        for (int sizeClass = of(Math.min(size, largest())); sizeClass < sizes.length; sizeClass++) {
            if (sizes[sizeClass] >= size && sizes[sizeClass] % alignment == 0) {
                return sizes[sizeClass];
            }
        }
        return size;
    }

    /** The class's bit of a size mask: bit i says "larger than {@code 8 << i}, at most {@code 16 << i}"; 0 above a page. */
    public int maskBit(int sizeClass) {
        return sizes[sizeClass] > PageSource.PAGE
                ? 0
                : 1 << (Long.SIZE - Long.numberOfLeadingZeros((sizes[sizeClass] - 1) >>> Slab.GRANULE_SHIFT));
    }

    /** The sizes that the bits of a size mask stand for, in bytes: {@code 16 << i} for bit i, up to the OS page. */
    public static long[] maskSizes() {
        return powers();
    }

    /** The table that {@link #of} looks up, for who looks it up himself; not to be written. */
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
