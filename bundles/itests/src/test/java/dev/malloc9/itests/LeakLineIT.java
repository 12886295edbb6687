package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.OsgiTest;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/**
 * Tests that the leak line of FreeBSD appears verbatim, once on the console and once in the log, followed by the blocks by type and size.
 */
@OsgiTest
class LeakLineIT {

    private static final String LINE =
            "Warning: memory type leaky leaked memory on destroy (3 allocations, 6144 bytes leaked).";

    public static Option[] options() {
        return new Option[] {Malloc9System.options()};
    }

    @Test
    void leakIsPrintedOnTheConsole(BundleContext context, Malloc ready) throws Exception {
        assertThat(ready).isNotNull();
        Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
        leaky.start();
        try (CapturedConsole console = new CapturedConsole()) {
            leaky.stop();
            assertThat(console.lines())
                    .containsExactly(
                            LINE,
                            "leaky " + leaky.getVersion() + " (" + leaky.getBundleId()
                                    + ") leaked 3 blocks of 2048 bytes of type leaky");
        }
        leaky.uninstall();
    }

    @Test
    void leakIsLoggedUnderTheNameOfTheType(BundleContext context, LogReaderService log, Malloc ready) throws Exception {
        assertThat(ready).isNotNull();
        BlockingQueue<LogEntry> entries = new LinkedBlockingQueue<>();
        LogListener listener = entry -> {
            if ("leaky".equals(entry.getLoggerName())) {
                entries.add(entry);
            }
        };
        log.addLogListener(listener);
        Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
        leaky.start();
        leaky.stop();
        LogEntry line = entries.poll(10, TimeUnit.SECONDS);
        LogEntry blocks = entries.poll(10, TimeUnit.SECONDS);
        log.removeLogListener(listener);
        leaky.uninstall();
        assertThat(line).isNotNull().satisfies(entry -> {
            assertThat(entry.getMessage()).isEqualTo(LINE);
            assertThat(entry.getLogLevel()).isEqualTo(LogLevel.WARN);
        });
        assertThat(blocks)
                .isNotNull()
                .satisfies(entry ->
                        assertThat(entry.getMessage()).endsWith("leaked 3 blocks of 2048 bytes of type leaky"));
        assertThat(entries).isEmpty();
    }

    @Test
    void leakIsInTheReportAndTheMessageBuffer(BundleContext context, MallocRuntime runtime) throws Exception {
        Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
        leaky.start();
        leaky.stop();
        LeakReport leak = new KernelView(runtime).leakOf(leaky);
        leaky.uninstall();
        assertThat(leak.allocations()).isEqualTo(3);
        assertThat(leak.bytes()).isEqualTo(6_144);
        assertThat(leak.blocks()).isEqualTo(List.of(new LeakReport.Blocks(2_048, 3)));
        assertThat(runtime.messages()).contains(LINE);
    }
}
