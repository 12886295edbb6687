package malloc9.itests;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.MallocRuntime;
import malloc9.testkit.OutsideFramework;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Loads and unloads a leaking driver again and again, in a VM of its own, and prints what the process holds after the
 * tenth round and at the end: mapped bytes and resident KiB, in that order, one line each time.
 */
final class Soak {

    private static final int WARM_UP = 10;

    private Soak() {}

    /** Runs as many rounds as the first argument says. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        PrintStream report = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try (OutsideFramework framework = Malloc9System.outsideWithoutKernel().start()) {
            framework.install("malloc9.kernel").start();
            for (int round = 1; round <= rounds; round++) {
                Bundle leaky = framework.install("leaky");
                leaky.start();
                leaky.uninstall();
                if (round == WARM_UP || round == rounds) {
                    report.println(mappedBytes(framework.context()) + " " + residentKiB());
                }
            }
        }
    }

    /** Without what caches hold, whose buckets grow with the demand. */
    private static long mappedBytes(BundleContext context) {
        context.getService(Objects.requireNonNull(context.getServiceReference(MallocOperator.class)))
                .trim();
        return context.getService(Objects.requireNonNull(context.getServiceReference(MallocRuntime.class)))
                .kernelMap()
                .used();
    }

    /** VmRSS, once the garbage of the rounds is gone. */
    private static long residentKiB() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
