package dev.malloc9.kernel;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of the machine, or of the container, as the JVM reports it. */
final class PhysicalMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern TOTAL = Pattern.compile("MemTotal: *([0-9]+) kB");

    private PhysicalMemory() {}

    /**
     * Returns whether the JVM reports the memory: module jdk.management is present, and the framework exports its package to this bundle.
     */
    static boolean isKnown() {
        try {
            return Bean.total() > 0;
        } catch (LinkageError noModule) {
            return false;
        }
    }

    /**
     * Returns the memory in bytes. Without module jdk.management, that is the machine's memory by {@code /proc/meminfo}, or else the
     * maximum Java heap.
     */
    static long bytes() {
        try {
            return Bean.total();
        } catch (LinkageError noModule) {
            return fallback(MEMINFO);
        }
    }

    /** Returns the machine's memory in bytes by the given file; the maximum Java heap if the file cannot be read or does not contain it. */
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

    /** A holder of the call, linked at the first use only, because the import of its package is optional. */
    private static final class Bean {
        static long total() {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
        }
    }
}
