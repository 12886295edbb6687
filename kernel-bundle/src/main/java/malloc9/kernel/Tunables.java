package malloc9.kernel;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Function;
import malloc9.malloc.SizeClasses;
import malloc9.malloc.ZoneSets;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * What can be said before the kernel boots.
 *
 * @param kmemSize bytes of the kernel map (vm.kmem_size)
 * @param rawQuarantine bytes that are kept of what modules leaked by address (vm.malloc.raw_quarantine)
 * @param sizeClasses the size classes (vm.malloc.size_classes)
 * @param zoneSets the sets of their zones (debug.malloc.numzones, debug.malloc.zone_offset)
 */
public record Tunables(long kmemSize, long rawQuarantine, SizeClasses sizeClasses, ZoneSets zoneSets) {

    /** The tunable that sets the kernel map's size: a number, perhaps with a suffix k, m, g or t. */
    public static final String KMEM_SIZE = "vm.kmem_size";

    /** The tunable that sets how much of what modules leaked by address is kept from reuse. */
    public static final String RAW_QUARANTINE = "vm.malloc.raw_quarantine";

    /** The tunable that names the size classes: bsd, pages or fine. */
    public static final String SIZE_CLASSES = "vm.malloc.size_classes";

    /** The tunable that says how many sets of zones there are, 1 to {@link ZoneSets#MAX}. */
    public static final String NUMZONES = "debug.malloc.numzones";

    /** The tunable that says by which character of its name a type's set is chosen. */
    public static final String ZONE_OFFSET = "debug.malloc.zone_offset";

    private static final long RAW_QUARANTINE_DEFAULT = 1 << 20;
    private static final SizeClasses SIZE_CLASSES_DEFAULT = SizeClasses.PAGES;

    /** Items are numbered by granules of 16 bytes in 32 bits, and the last number means none. */
    private static final long KMEM_SIZE_MAX = (64L << 30) - PageSource.SUPERPAGE;

    private static final String SUFFIXES = "kmgt";

    /** Those of a kernel map of that size. */
    public Tunables(long kmemSize) {
        this(kmemSize, RAW_QUARANTINE_DEFAULT, SIZE_CLASSES_DEFAULT, ZoneSets.ONE);
    }

    /** Reads the tunables; what does not parse is ignored, as at a FreeBSD boot prompt. */
    public static Tunables from(Function<String, @Nullable String> environment) {
        Long kmemSize = parse(environment.apply(KMEM_SIZE));
        Long rawQuarantine = parse(environment.apply(RAW_QUARANTINE));
        return new Tunables(
                Math.min(kmemSize == null || kmemSize == 0 ? physicalMemory() : kmemSize, KMEM_SIZE_MAX),
                rawQuarantine == null ? RAW_QUARANTINE_DEFAULT : rawQuarantine,
                sizeClasses(environment.apply(SIZE_CLASSES)),
                zoneSets(parse(environment.apply(NUMZONES)), parse(environment.apply(ZONE_OFFSET))));
    }

    private static SizeClasses sizeClasses(@Nullable String name) {
        SizeClasses named = name == null ? null : SizeClasses.named(name.strip());
        return named == null ? SIZE_CLASSES_DEFAULT : named;
    }

    private static ZoneSets zoneSets(@Nullable Long count, @Nullable Long offset) {
        return new ZoneSets(
                count == null ? 1 : (int) Math.min(count, ZoneSets.MAX),
                offset == null ? ZoneSets.DEFAULT_OFFSET : offset.intValue());
    }

    /** The memory that this process may use: the container's, where there is one. */
    private static long physicalMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static @Nullable Long parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        String digits = text.strip().toLowerCase(Locale.ROOT);
        int power = SUFFIXES.indexOf(digits.charAt(digits.length() - 1)) + 1;
        try {
            long number = Long.decode(power == 0 ? digits : digits.substring(0, digits.length() - 1));
            return number >= 0 ? Math.multiplyExact(number, 1L << (10 * power)) : null;
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }
}
