package malloc9.kernel;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of the machine, or of the container, as far as the JVM tells. */
final class PhysicalMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern TOTAL = Pattern.compile("MemTotal: *([0-9]+) kB");

    private PhysicalMemory() {}

    /** Whether the JVM tells: module jdk.management is there, and the framework hands it on. */
    static boolean isKnown() {
        try {
            return Bean.total() > 0;
        } catch (LinkageError noModule) {
            return false;
        }
    }

    /** The bytes; without module jdk.management, those of the machine by Linux, or else the maximum Java heap. */
    static long bytes() {
        try {
            return Bean.total();
        } catch (LinkageError noModule) {
            return fallback(MEMINFO);
        }
    }

    static long fallback(Path meminfo) {
        try {
            Matcher total = TOTAL.matcher(Files.readString(meminfo));
            return total.find()
                    ? Long.parseLong(total.group(1)) << 10
                    : Runtime.getRuntime().maxMemory();
        } catch (IOException e) {
            return Runtime.getRuntime().maxMemory();
        }
    }

    /** Linked at the first call only, for its import is optional. */
    private static final class Bean {
        static long total() {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
        }
    }
}
