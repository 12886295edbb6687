package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** A framework of its own with a kernel, and with a driver that allocates for the test. */
final class TracerSystem implements AutoCloseable {

    final OutsideFramework framework;
    final Bundle kernel;

    private final String location;

    TracerSystem() throws Exception {
        framework = Malloc9System.outsideWithoutKernel().start();
        kernel = framework.install("dev.malloc9.kernel");
        kernel.start();
        location = MadeBundle.of("tracer", TracerDriver.class).location();
    }

    /** Returns the service of the given type. Throws NullPointerException if there is none. */
    <S> S service(Class<S> type) {
        return framework
                .context()
                .getService(Objects.requireNonNull(framework.context().getServiceReference(type)));
    }

    /** Installs and starts the driver, and returns its bundle. */
    Bundle load() throws BundleException {
        Bundle driver = framework.context().installBundle(location);
        driver.start();
        return driver;
    }

    /** Returns the given number of new blocks of the driver, 100 bytes each. */
    @SuppressWarnings("unchecked") // the driver registers one service, a LongFunction
    List<MemorySegment> blocks(Bundle driver, int count) {
        ServiceReference<?> reference = driver.getRegisteredServices()[0];
        LongFunction<MemorySegment> door =
                (LongFunction<MemorySegment>) framework.context().getService(reference);
        return Stream.generate(() -> door.apply(100)).limit(count).toList();
    }

    void update(Bundle driver) throws Exception {
        try (InputStream jar = URI.create(location).toURL().openStream()) {
            driver.update(jar);
        }
    }

    /** Refreshes a bundle, and waits until the framework reports the end of the refresh. */
    void refresh(Bundle driver) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        framework.context().getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(driver), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        refreshed.await();
    }

    /** The byte that the last touch has read. Without this store, C2 would remove the load, because its value is not used. */
    @SuppressWarnings("unused")
    private static volatile byte seen;

    /** Returns the blocks that can be touched without an exception. */
    @SuppressWarnings("ThreadPriorityCheck") // the call of a native method is intended, not its effect
    static List<MemorySegment> readable(List<MemorySegment> blocks) {
        return blocks.stream()
                .filter(block -> {
                    try {
                        seen = block.get(ValueLayout.JAVA_BYTE, 0);
                        // The return from a native method delivers the fault of a hole here, and not later in a caller.
                        Thread.yield();
                        return true;
                    } catch (IllegalStateException revoked) {
                        return false;
                    } catch (InternalError hole) {
                        // HotSpot may have set the interrupt flag of the thread during the fault.
                        Thread.interrupted();
                        return false;
                    }
                })
                .toList();
    }

    /** Checks that no block can be touched. */
    static void expectRevoked(List<MemorySegment> blocks) {
        assertThat(readable(blocks)).isEmpty();
    }

    @Override
    public void close() throws BundleException, IOException {
        framework.close();
    }
}
