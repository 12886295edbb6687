package dev.malloc9.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Describes the machine, its system, the JVM and the date (UTC) of a measurement in one line. */
final class Machine {

    private Machine() {}

    static String describe() {
        return processors() + ", " + system() + ", "
                + System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + " ("
                + System.getProperty("java.runtime.version") + "), " + LocalDate.now(ZoneOffset.UTC);
    }

    private static String processors() {
        int count = Runtime.getRuntime().availableProcessors();
        return count + " x " + firstValue(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch"));
    }

    private static String system() {
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        return firstValue(Path.of("/etc/os-release"), "PRETTY_NAME", kernel);
    }

    /**
     * Returns the value of the first line that begins with the key, as in {@code key : value} or {@code key="value"}; {@code otherwise} if
     * there is no such line or the file cannot be read.
     */
    private static String firstValue(Path file, String key, String otherwise) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(key)) {
                    return line.substring(key.length()).replaceAll("^[\\s:=\"]+|[\\s\"]+$", "");
                }
            }
        } catch (IOException e) {
            return otherwise;
        }
        return otherwise;
    }
}
