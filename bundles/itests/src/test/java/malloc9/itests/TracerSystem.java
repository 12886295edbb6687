package malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

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
import malloc9.itests.drivers.TracerDriver;
import malloc9.testkit.MadeBundle;
import malloc9.testkit.OutsideFramework;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;

/** A framework of its own with a kernel and a driver that allocates for the test. */
final class TracerSystem implements AutoCloseable {

    final OutsideFramework framework;
    final Bundle kernel;

    private final String location;

    TracerSystem() throws Exception {
        framework = Malloc9System.outsideWithoutKernel().start();
        kernel = framework.install("malloc9.kernel");
        kernel.start();
        location = MadeBundle.of("tracer", TracerDriver.class).location();
    }

    /** Returns the service of a kind. */
    <S> S service(Class<S> type) {
        return framework
                .context()
                .getService(Objects.requireNonNull(framework.context().getServiceReference(type)));
    }

    /** Installs and starts the driver. */
    Bundle load() throws BundleException {
        Bundle driver = framework.context().installBundle(location);
        driver.start();
        return driver;
    }

    /** Returns blocks of the driver. */
    @SuppressWarnings("unchecked") // the driver's only service
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

    /** Refreshes a bundle, and waits for it. */
    void refresh(Bundle driver) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        framework.context().getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(driver), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        refreshed.await();
    }

    /** The last byte of a touch. C2 leaves out a load whose value nobody uses. */
    @SuppressWarnings("unused")
    private static volatile byte seen;

    /** Returns the blocks whose touch does not throw. */
    @SuppressWarnings("ThreadPriorityCheck") // yield is a native method
    static List<MemorySegment> readable(List<MemorySegment> blocks) {
        return blocks.stream()
                .filter(block -> {
                    try {
                        seen = block.get(ValueLayout.JAVA_BYTE, 0);
                        // The return from a native method delivers the fault of a hole here, and not in a caller.
                        Thread.yield();
                        return true;
                    } catch (IllegalStateException revoked) {
                        return false;
                    } catch (InternalError hole) {
                        // HotSpot may have set the flag on the way.
                        Thread.interrupted();
                        return false;
                    }
                })
                .toList();
    }

    /** Requires that no block can be touched. */
    static void expectRevoked(List<MemorySegment> blocks) {
        assertThat(readable(blocks)).isEmpty();
    }

    @Override
    public void close() throws BundleException, IOException {
        framework.close();
    }
}
