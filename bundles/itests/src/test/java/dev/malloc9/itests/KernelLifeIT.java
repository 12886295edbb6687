package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.itests.drivers.ComponentDriver;
import dev.malloc9.itests.drivers.GarbageDriver;
import dev.malloc9.itests.drivers.StubbornDriver;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/** Tests that the kernel can stop, restart and start late while drivers run, and that the framework can stop with all of them. */
@SuppressWarnings("NullAway.Init") // boot() assigns the fields before each test
class KernelLifeIT {

    private OutsideFramework framework;
    private Bundle kernel;

    @BeforeEach
    void boot() throws Exception {
        framework = Malloc9System.outsideWithoutKernel().start();
        kernel = framework.install("dev.malloc9.kernel");
    }

    @AfterEach
    void halt() throws Exception {
        framework.close();
    }

    @Test
    void stopOfTheKernelRevokesAndReportsNoLeak() throws Exception {
        kernel.start();
        Bundle tracer = load("tracer", TracerDriver.class);
        MemorySegment segment = door(tracer).apply(100);
        try (CapturedConsole console = new CapturedConsole()) {
            kernel.stop();
            assertThat(console.lines())
                    .containsExactly("malloc9 stopped: 2 blocks of 1 type of running modules revoked");
        }
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(tracer.getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void stopOfAnIdleKernelPrintsNothing() throws Exception {
        kernel.start();
        try (CapturedConsole console = new CapturedConsole()) {
            kernel.stop();
            assertThat(console.lines()).isEmpty();
        }
    }

    @Test
    void theOldServiceSaysThatItsKernelHasStopped() throws Exception {
        kernel.start();
        LongFunction<MemorySegment> door = door(load("tracer", TracerDriver.class));
        kernel.stop();
        assertThatThrownBy(() -> door.apply(100))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("malloc: the kernel has stopped");
    }

    @Test
    void componentIsActivatedAgainWithTheKernel() throws Exception {
        kernel.start();
        Bundle component = load("component", ComponentDriver.class);
        MemorySegment former = door(component).apply(100);
        kernel.stop();
        assertThat(component.getRegisteredServices()).isNullOrEmpty();
        kernel.start();
        assertThat(door(component).apply(100).byteSize()).isEqualTo(100);
        assertThat(types(component)).isEqualTo("component 2 368");
        assertThatThrownBy(() -> former.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRestartedKernelKnowsTheRunningDrivers() throws Exception {
        kernel.start();
        Bundle tracer = load("tracer", TracerDriver.class);
        kernel.stop();
        kernel.start();
        assertThat(types(tracer)).isEqualTo("tracer 0 0");
    }

    @Test
    void lateKernelRegistersRunningBundles() throws Exception {
        Bundle component = load("component", ComponentDriver.class);
        assertThat(component.getState()).isEqualTo(Bundle.ACTIVE);
        kernel.start();
        assertThat(types(component)).isEqualTo("component 1 256");
    }

    @Test
    void aLateKernelStopsGarbageThatRuns() throws Exception {
        Bundle rotten = load("rotten", GarbageDriver.class);
        assertThat(rotten.getState()).isEqualTo(Bundle.ACTIVE);
        kernel.start();
        assertThat(rotten.getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(runtime().panics())
                .singleElement()
                .satisfies(panic -> assertThat(panic.who().name()).isEqualTo("rotten"));
        assertThat(types(rotten)).isEmpty();
    }

    @Test
    void lateKernelStartsIfTheStopOfGarbageThrows() throws Exception {
        String name = StubbornDriver.class.getName();
        Bundle stubborn = framework
                .context()
                .installBundle(MadeBundle.of("stubborn", StubbornDriver.class)
                        .header("Bundle-Activator", name)
                        .header("Provide-Capability", "malloc9.type;malloc9.type=hand;magic:Long=1")
                        .location());
        stubborn.start();
        long id = stubborn.getBundleId();
        try (CapturedConsole console = new CapturedConsole()) {
            kernel.start();
            assertThat(console.lines())
                    .anySatisfy(line ->
                            assertThat(line).startsWith("cannot stop the refused stubborn 0.0.0 (" + id + "): "));
        }
        assertThat(kernel.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(types(stubborn)).isEmpty();
    }

    @Test
    void theFrameworksStopUnregistersAfterTheActivatorsStop() throws Exception {
        kernel.start();
        load("tracer", TracerDriver.class);
        try (CapturedConsole console = new CapturedConsole()) {
            framework.stop();
            assertThat(console.lines())
                    .contains(
                            "Warning: memory type tracer leaked memory on destroy (2 allocations, 192 bytes leaked).");
        }
    }

    private Bundle load(String name, Class<?> driver) throws BundleException {
        Bundle bundle =
                framework.context().installBundle(MadeBundle.of(name, driver).location());
        bundle.start();
        return bundle;
    }

    private String types(Bundle bundle) {
        return runtime().types().stream()
                .filter(type -> type.owner().bundleId() == bundle.getBundleId())
                .map(KernelLifeIT::text)
                .reduce("", String::concat);
    }

    private static String text(TypeStats type) {
        return type.name() + " " + type.inUse() + " " + type.bytesInUse();
    }

    private MallocRuntime runtime() {
        BundleContext context = framework.context();
        return context.getService(Objects.requireNonNull(context.getServiceReference(MallocRuntime.class)));
    }

    @SuppressWarnings("unchecked") // each driver registers one service, a LongFunction
    private LongFunction<MemorySegment> door(Bundle driver) {
        ServiceReference<?> reference = driver.getRegisteredServices()[0];
        return (LongFunction<MemorySegment>) framework.context().getService(reference);
    }
}
