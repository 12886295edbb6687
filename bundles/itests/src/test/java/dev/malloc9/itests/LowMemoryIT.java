package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Tests of low-memory handlers that are services, with a kernel map of 2 MiB that one driver fills. */
@SuppressWarnings("NullAway.Init") // boot() assigns the fields before each test
class LowMemoryIT {

    private OutsideFramework framework;
    private BundleContext context;
    private LongFunction<MemorySegment> door;

    /** A handler of a driver that throws an exception. */
    private static final class Broken implements LowMemoryHandler {

        @Override
        public void vmLowmem() {
            throw new IllegalStateException("broken");
        }
    }

    /** True if the next call of the interrupting handler interrupts the request. Set before each request, and cleared by that call. */
    private final AtomicBoolean armed = new AtomicBoolean();

    @BeforeEach
    @SuppressWarnings("unchecked") // the driver registers one service, a LongFunction
    void boot() throws Exception {
        framework = Malloc9System.outsideWithoutKernel()
                .property("vm.kmem_size", "2m")
                .start();
        framework.install("dev.malloc9.kernel").start();
        context = framework.context();
        Bundle tracer = context.installBundle(
                MadeBundle.of("tracer", TracerDriver.class).location());
        tracer.start();
        door = (LongFunction<MemorySegment>) context.getService(tracer.getRegisteredServices()[0]);
        MallocRuntime runtime =
                context.getService(Objects.requireNonNull(context.getServiceReference(MallocRuntime.class)));
        assertThat(door.apply(runtime.kernelMap().largestFree()).byteSize()).isPositive();
    }

    @AfterEach
    void halt() throws Exception {
        framework.close();
    }

    @Test
    void registeredHandlersRunAndTheirErrorsAreReported() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        context.registerService(LowMemoryHandler.class, new Broken(), null);
        ServiceRegistration<LowMemoryHandler> counts =
                context.registerService(LowMemoryHandler.class, asked::incrementAndGet, null);
        // The interrupt saves about nine seconds of waiting for memory.
        Thread requester = Thread.currentThread();
        LowMemoryHandler interrupting = () -> {
            if (armed.getAndSet(false)) {
                requester.interrupt();
            }
        };
        context.registerService(LowMemoryHandler.class, interrupting, null);
        try (CapturedConsole console = new CapturedConsole()) {
            request();
            assertThat(asked).hasValue(1);
            counts.unregister();
            request();
            assertThat(asked).hasValue(1);
            String line =
                    "vm_lowmem: dev.malloc9.itests.LowMemoryIT$Broken threw java.lang.IllegalStateException: broken";
            assertThat(console.lines()).containsExactly(line, line);
        }
    }

    private void request() {
        armed.set(true);
        assertThatThrownBy(() -> door.apply(70_000))
                .isInstanceOf(InterruptedRequest.class)
                .hasMessage("kmem_malloc(73728): interrupted while waiting for memory");
        assertThat(Thread.interrupted()).isTrue();
    }
}
