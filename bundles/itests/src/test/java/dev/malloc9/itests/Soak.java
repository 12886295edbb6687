package dev.malloc9.itests;

import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.testkit.OutsideFramework;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Loads and unloads a leaking driver repeatedly in a JVM of its own. Prints the memory of the process after the tenth round and at the end:
 * mapped bytes and resident KiB, in that order, one line each time.
 */
final class Soak {

    private static final int WARM_UP = 10;

    private Soak() {}

    /**
     * Runs the test.
     *
     * @param arguments the number of rounds
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        PrintStream report = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try (OutsideFramework framework = Malloc9System.outsideWithoutKernel().start()) {
            framework.install("dev.malloc9.kernel").start();
            for (int round = 1; round <= rounds; round++) {
                Bundle leaky = framework.install("dev.malloc9.samples.leaky");
                leaky.start();
                leaky.uninstall();
                if (round == WARM_UP || round == rounds) {
                    report.println(mappedBytes(framework.context()) + " " + residentKiB());
                }
            }
        }
    }

    /** Returns the used bytes of the kernel map. Trims the caches first, because their buckets grow with the demand. */
    private static long mappedBytes(BundleContext context) {
        context.getService(Objects.requireNonNull(context.getServiceReference(MallocOperator.class)))
                .trim();
        return context.getService(Objects.requireNonNull(context.getServiceReference(MallocRuntime.class)))
                .kernelMap()
                .used();
    }

    /** Returns VmRSS in KiB, after a collection of the garbage of the rounds. */
    private static long residentKiB() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
