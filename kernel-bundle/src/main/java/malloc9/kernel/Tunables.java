package malloc9.kernel;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import malloc9.malloc.SizeClasses;
import malloc9.malloc.ZoneSets;
import malloc9.vm.KmemSize;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * What can be said before the kernel boots.
 *
 * <p>Sizes are numbers in C's notation, perhaps with a suffix k, m, g or t; what does not parse is ignored, as at a FreeBSD
 * boot prompt.
 *
 * @param kmemSize bytes of the kernel map (vm.kmem_size)
 * @param rawQuarantine bytes that are kept of what modules leaked by address (vm.malloc.raw_quarantine)
 * @param kmemReserve bytes of the kernel map that only M_USE_RESERVE may use (vm.kmem_reserve)
 * @param sizeClasses the size classes (vm.malloc.size_classes)
 * @param zoneSets the sets of their zones (debug.malloc.numzones, debug.malloc.zone_offset)
 * @param statsFile the file in which the statistics of types outlive the process (kern.malloc_stats_file); blank for none
 */
public record Tunables(
        long kmemSize,
        long rawQuarantine,
        long kmemReserve,
        SizeClasses sizeClasses,
        ZoneSets zoneSets,
        String statsFile) {

    /** The tunable that sets the kernel map's size; 0 is as good as none. */
    public static final String KMEM_SIZE = "vm.kmem_size";

    /** The tunable that sets the floor of the map's size where {@link #KMEM_SIZE} does not set it. */
    public static final String KMEM_SIZE_MIN = "vm.kmem_size_min";

    /** The tunable that sets its ceiling, likewise. */
    public static final String KMEM_SIZE_MAX = "vm.kmem_size_max";

    /** The tunable that says for how many physical pages the map has one, likewise. */
    public static final String KMEM_SIZE_SCALE = "vm.kmem_size_scale";

    /** The tunable that sets how much of the map only M_USE_RESERVE may use; at most half of it. */
    public static final String KMEM_RESERVE = "vm.kmem_reserve";

    /** The tunable that sets how much of what modules leaked by address is kept from reuse. */
    public static final String RAW_QUARANTINE = "vm.malloc.raw_quarantine";

    /** The tunable that names the size classes: bsd, pages or fine. */
    public static final String SIZE_CLASSES = "vm.malloc.size_classes";

    /** The tunable that says how many sets of zones there are, 1 to {@link ZoneSets#MAX}. */
    public static final String NUMZONES = "debug.malloc.numzones";

    /** The tunable that says by which character of its name a type's set is chosen. */
    public static final String ZONE_OFFSET = "debug.malloc.zone_offset";

    /** The tunable that names the file in which the statistics of types outlive the process. */
    public static final String MALLOC_STATS_FILE = "kern.malloc_stats_file";

    private static final long RAW_QUARANTINE_DEFAULT = 1 << 20;
    private static final SizeClasses SIZE_CLASSES_DEFAULT = SizeClasses.FINE;

    /** A map up to this size has no reserve unless one is asked for. */
    private static final long TINY = 64 << 20;

    /** What part of a larger map is its reserve. */
    private static final int RESERVE_SHARE = 256;

    private static final String SUFFIXES = "kmgt";

    /** Those of a kernel map of that size. */
    public Tunables(long kmemSize) {
        this(kmemSize, RAW_QUARANTINE_DEFAULT, defaultReserve(kmemSize), SIZE_CLASSES_DEFAULT, ZoneSets.ONE, "");
    }

    /** The same with a statistics file. */
    public Tunables withStatsFile(String file) {
        return new Tunables(kmemSize, rawQuarantine, kmemReserve, sizeClasses, zoneSets, file);
    }

    /** Reads the tunables. */
    public static Tunables from(Function<String, @Nullable String> environment) {
        return from(environment, physicalMemory());
    }

    /**
     * Reads the tunables for a machine.
     *
     * @param physicalMemory bytes that the process may use
     */
    public static Tunables from(Function<String, @Nullable String> environment, long physicalMemory) {
        Long size = parse(environment.apply(KMEM_SIZE));
        long computed = KmemSize.PLATFORM
                .tuned(
                        size == null || size == 0 ? null : size,
                        parse(environment.apply(KMEM_SIZE_MIN)),
                        parse(environment.apply(KMEM_SIZE_MAX)),
                        parse(environment.apply(KMEM_SIZE_SCALE)))
                .bytes(physicalMemory / PageSource.PAGE, 0);
        long kmemSize = Math.min(computed, KmemSize.LARGEST);
        Long rawQuarantine = parse(environment.apply(RAW_QUARANTINE));
        Long kmemReserve = parse(environment.apply(KMEM_RESERVE));
        return new Tunables(
                kmemSize,
                rawQuarantine == null ? RAW_QUARANTINE_DEFAULT : rawQuarantine,
                kmemReserve == null ? defaultReserve(kmemSize) : kmemReserve,
                sizeClasses(environment.apply(SIZE_CLASSES)),
                zoneSets(parse(environment.apply(NUMZONES)), parse(environment.apply(ZONE_OFFSET))),
                Objects.requireNonNullElse(environment.apply(MALLOC_STATS_FILE), ""));
    }

    private static long defaultReserve(long kmemSize) {
        return kmemSize <= TINY ? 0 : kmemSize / RESERVE_SHARE;
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
