package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.itests.drivers.ComponentDriver;
import dev.malloc9.itests.drivers.PlainDriver;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/** Tests that a type is registered before any code of its bundle runs, for each way to start the bundle. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // each test assigns the driver
class LoadingIT {

    private KernelView kernel;
    private BundleContext context;
    private Bundle driver;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            MadeBundle.of("tracer", TracerDriver.class).option(),
            MadeBundle.of("lazy", TracerDriver.class)
                    .header("Bundle-ActivationPolicy", "lazy")
                    .option(),
            MadeBundle.of("component", ComponentDriver.class).option(),
            MadeBundle.of("plain", PlainDriver.class).option()
        };
    }

    @BeforeEach
    void look(BundleContext bundleContext, MallocRuntime runtime, Malloc ready) {
        context = bundleContext;
        kernel = new KernelView(runtime);
        assertThat(ready).isNotNull();
    }

    @AfterEach
    void uninstall() throws BundleException {
        driver.uninstall();
    }

    @Test
    void activatorMayAllocate() throws BundleException {
        driver = install("tracer");
        driver.start();
        assertThat(kernel.typesOf(driver)).singleElement().satisfies(type -> {
            assertThat(type.name()).isEqualTo("tracer");
            assertThat(type.description()).isEqualTo("Traces of start and stop");
            assertThat(type.allocs()).isEqualTo(1);
            assertThat(type.allocated()).isEqualTo(64);
        });
    }

    @Test
    void aLazyBundlesActivatorMayAllocateWhenItsTimeComes() throws Exception {
        driver = install("lazy");
        driver.start(Bundle.START_ACTIVATION_POLICY);
        assertThat(driver.getState()).isEqualTo(Bundle.STARTING);
        driver.loadClass(TracerDriver.class.getName());
        assertThat(driver.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(kernel.typesOf(driver)).extracting(TypeStats::allocs).containsExactly(1L);
    }

    @Test
    void stopOfALazyBundleReportsItsLeaks() throws Exception {
        driver = install("lazy");
        driver.start(Bundle.START_ACTIVATION_POLICY);
        driver.loadClass(TracerDriver.class.getName());
        driver.stop();
        assertThat(kernel.typesOf(driver)).isEmpty();
        assertThat(kernel.leakOf(driver).blocks()).containsExactly(new Blocks(64, 1), new Blocks(128, 1));
    }

    @Test
    void firstComponentMayAllocate() throws Exception {
        CompletableFuture<String> registered = new CompletableFuture<>();
        ServiceListener listener = event -> {
            if (event.getType() == ServiceEvent.REGISTERED) {
                registered.complete("registered");
            }
        };
        context.addServiceListener(listener, "(component.name=" + ComponentDriver.class.getName() + ")");
        driver = install("component");
        driver.start();
        assertThat(registered.get(10, TimeUnit.SECONDS)).isEqualTo("registered");
        assertThat(kernel.typesOf(driver)).extracting(TypeStats::allocated).containsExactly(256L);
    }

    @Test
    void aBundleWithoutActivatorHasItsType() throws BundleException {
        driver = install("plain");
        driver.start();
        assertThat(kernel.typesOf(driver)).extracting(TypeStats::name).containsExactly("plain");
    }

    @Test
    void anInstalledBundleHasNoTypeYet() throws BundleException {
        driver = install("plain");
        assertThat(kernel.typesOf(driver)).isEmpty();
        assertThat(kernel.typeNames()).isEqualTo(List.of("msgbuf", "temp"));
    }

    private Bundle install(String name) throws BundleException {
        return context.installBundle(ClasspathBundles.location(name));
    }
}
