package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.itests.drivers.ThrowingDriver;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Tests that a type is unregistered after the activator of its bundle has returned from {@code stop}, for each way to stop or remove the
 * bundle. The remaining blocks are reported, revoked and freed.
 */
@OsgiTest
class UnloadingIT {

    /** The blocks that TracerDriver leaves: one from its start, and one from its stop. */
    private static final List<Blocks> TRACES = List.of(new Blocks(64, 1), new Blocks(128, 1));

    private MallocRuntime runtime;
    private KernelView kernel;
    private BundleContext context;
    private Bundle driver;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            MadeBundle.of("tracer", TracerDriver.class).option(),
            MadeBundle.of("thrower", ThrowingDriver.class).option()
        };
    }

    @BeforeEach
    void load(BundleContext bundleContext, MallocRuntime mallocRuntime, Malloc ready) throws BundleException {
        assertThat(ready).isNotNull();
        context = bundleContext;
        runtime = mallocRuntime;
        kernel = new KernelView(mallocRuntime);
        driver = context.installBundle(ClasspathBundles.location("tracer"));
        driver.start();
    }

    @AfterEach
    void uninstall() throws BundleException {
        if (driver.getState() != Bundle.UNINSTALLED) {
            driver.uninstall();
        }
    }

    @Test
    void stopUnregistersTypesAndReportsLeaks() throws BundleException {
        driver.stop();
        expectTraces();
    }

    @Test
    void uninstallUnregistersTypesAndReportsLeaks() throws BundleException {
        driver.uninstall();
        expectTraces();
    }

    @Test
    void updateReportsLeaksAndRegistersTheTypesAgain() throws Exception {
        try (InputStream jar =
                URI.create(ClasspathBundles.location("tracer")).toURL().openStream()) {
            driver.update(jar);
        }
        LeakReport leak = kernel.leakOf(driver);
        assertThat(leak.blocks()).isEqualTo(TRACES);
        assertThat(driver.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(kernel.typesOf(driver))
                .singleElement()
                .satisfies(type -> assertThat(type.inUse()).isEqualTo(1));
    }

    @Test
    void refreshReportsLeaksAndRegistersTheTypesAgain() throws Exception {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(driver), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        assertThat(refreshed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kernel.leakOf(driver).blocks()).isEqualTo(TRACES);
        assertThat(kernel.typesOf(driver))
                .singleElement()
                .satisfies(type -> assertThat(type.inUse()).isEqualTo(1));
    }

    @Test
    void throwingActivatorUnregistersTypesWithAReport() throws BundleException {
        Bundle thrower = context.installBundle(ClasspathBundles.location("thrower"));
        try {
            assertThatThrownBy(thrower::start).hasRootCauseMessage("no card found");
            assertThat(kernel.typesOf(thrower)).isEmpty();
            assertThat(kernel.leakOf(thrower).blocks()).containsExactly(new Blocks(512, 1));
        } finally {
            thrower.uninstall();
        }
    }

    @Test
    void startAfterAStopRegistersTheTypesAgain() throws BundleException {
        driver.stop();
        driver.start();
        assertThat(kernel.typesOf(driver))
                .singleElement()
                .satisfies(type -> assertThat(type.inUse()).isEqualTo(1));
    }

    @Test
    void leakReportCountsBlocksBySize() throws BundleException {
        LongFunction<MemorySegment> door = door();
        allocate(door, 100);
        allocate(door, 100);
        allocate(door, 5_000);
        allocate(door, 1_000_000);
        driver.stop();
        LeakReport leak = kernel.leakOf(driver);
        assertThat(leak.type()).isEqualTo("tracer");
        assertThat(leak.owner().name()).isEqualTo("tracer");
        assertThat(leak.blocks())
                .containsExactly(
                        new Blocks(64, 1),
                        new Blocks(112, 2),
                        new Blocks(128, 1),
                        new Blocks(5_120, 1),
                        new Blocks(1_003_520, 1));
        assertThat(leak.allocations()).isEqualTo(6);
        assertThat(leak.bytes()).isEqualTo(64 + 2 * 112 + 128 + 5_120 + 1_003_520);
    }

    @Test
    void stopRevokesSegmentsAndTheirSlices() throws BundleException {
        MemorySegment segment = door().apply(100);
        MemorySegment slice = segment.asSlice(10, 20);
        segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 42);
        driver.stop();
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> slice.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stopFreesTheMemoryOfTheBundle() throws BundleException {
        // The first round allocates the slabs for the block of stop() and for the text of the report. These slabs stay
        // with their zones.
        allocate(door(), 10_000_000);
        driver.stop();
        driver.start();
        long before = runtime.kernelMap().used();
        allocate(door(), 10_000_000);
        assertThat(runtime.kernelMap().used()).isGreaterThanOrEqualTo(before + 10_000_000);
        driver.stop();
        assertThat(runtime.kernelMap().used()).isLessThanOrEqualTo(before);
    }

    @Test
    void mallocAfterTheStopThrowsUnregisteredType() throws BundleException {
        LongFunction<MemorySegment> door = door();
        driver.stop();
        long used = runtime.kernelMap().used();
        assertThatThrownBy(() -> door.apply(100))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("malloc: type 'tracer' is not registered: tracer 0.0.0 (" + driver.getBundleId()
                        + ") is RESOLVED and has no registered types");
        assertThat(runtime.kernelMap().used()).isEqualTo(used);
    }

    private static void allocate(LongFunction<MemorySegment> door, long size) {
        assertThat(door.apply(size).byteSize()).isEqualTo(size);
    }

    private void expectTraces() {
        assertThat(kernel.typesOf(driver)).isEmpty();
        assertThat(kernel.leakOf(driver).blocks()).isEqualTo(TRACES);
    }

    @SuppressWarnings("unchecked") // the driver registers one service, a LongFunction
    private LongFunction<MemorySegment> door() {
        ServiceReference<?> reference = driver.getRegisteredServices()[0];
        return (LongFunction<MemorySegment>) context.getService(reference);
    }
}
