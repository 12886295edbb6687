package malloc9.kernel;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Function;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * What can be said before the kernel boots.
 *
 * @param kmemSize bytes of the kernel map (vm.kmem_size)
 * @param rawQuarantine bytes that are kept of what modules leaked by address (vm.malloc.raw_quarantine)
 */
public record Tunables(long kmemSize, long rawQuarantine) {

    /** The tunable that sets the kernel map's size: a number, perhaps with a suffix k, m, g or t. */
    public static final String KMEM_SIZE = "vm.kmem_size";

    /** The tunable that sets how much of what modules leaked by address is kept from reuse. */
    public static final String RAW_QUARANTINE = "vm.malloc.raw_quarantine";

    private static final long RAW_QUARANTINE_DEFAULT = 1 << 20;

    /** Items are numbered by granules of 16 bytes in 32 bits, and the last number means none. */
    private static final long KMEM_SIZE_MAX = (64L << 30) - PageSource.SUPERPAGE;

    private static final String SUFFIXES = "kmgt";

    /** Those of a kernel map of that size. */
    public Tunables(long kmemSize) {
        this(kmemSize, RAW_QUARANTINE_DEFAULT);
    }

    /** Reads the tunables; what does not parse is ignored, as at a FreeBSD boot prompt. */
    public static Tunables from(Function<String, @Nullable String> environment) {
        Long kmemSize = parse(environment.apply(KMEM_SIZE));
        Long rawQuarantine = parse(environment.apply(RAW_QUARANTINE));
        return new Tunables(
                Math.min(kmemSize == null || kmemSize == 0 ? physicalMemory() : kmemSize, KMEM_SIZE_MAX),
                rawQuarantine == null ? RAW_QUARANTINE_DEFAULT : rawQuarantine);
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
