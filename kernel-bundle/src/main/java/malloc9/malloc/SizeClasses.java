package malloc9.malloc;

import java.util.List;
import java.util.stream.IntStream;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.PageSource;

/**
 * The size classes: powers of two from 16 bytes up to an OS page (kmemsize), then whole pages up to what is served as
 * an item. A class's number is its zone's.
 */
public final class SizeClasses {

    /** Classes that are powers of two: 16 to 4096. Bit i of a size mask means {@code 16 << i}. */
    public static final int POWERS = 9;

    /** All classes: behind the powers, 2 to 16 pages. */
    public static final int COUNT = POWERS + (int) (Uma.ITEM_MAX / PageSource.PAGE) - 1;

    private static final long[] SIZES = IntStream.range(0, COUNT)
            .mapToLong(i -> i < POWERS ? (long) Slab.GRANULE << i : (i - POWERS + 2L) * PageSource.PAGE)
            .toArray();

    /** By the granule that the last byte of the request lies in. */
    private static final byte[] CLASS_OF = new byte[(int) (Uma.ITEM_MAX >>> Slab.GRANULE_SHIFT)];

    static {
        int sizeClass = 0;
        for (int granule = 0; granule < CLASS_OF.length; granule++) {
            if ((long) granule << Slab.GRANULE_SHIFT == SIZES[sizeClass]) {
                sizeClass++;
            }
            CLASS_OF[granule] = (byte) sizeClass;
        }
    }

    private SizeClasses() {}

    /** The class of a request of 1 to {@link Uma#ITEM_MAX} bytes; the mask shows C2 that the array is long enough. */
    static int of(long size) {
        return CLASS_OF[(((int) size - 1) & ((int) Uma.ITEM_MAX - 1)) >>> Slab.GRANULE_SHIFT];
    }

    /** The bytes that a request of that class is accounted with. */
    static long bytes(int sizeClass) {
        return SIZES[sizeClass];
    }

    /** The classes' bytes by number. */
    public static long[] sizes() {
        return SIZES.clone();
    }

    /** The zones' names by number: FreeBSD's decimal strings, and the pages above. */
    public static List<String> names() {
        return IntStream.range(0, COUNT)
                .mapToObj(i -> i < POWERS ? Long.toString(SIZES[i]) : SIZES[i] / PageSource.PAGE + " pages")
                .toList();
    }
}
