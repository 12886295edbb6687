package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;

/**
 * Tests that a bundle is revoked when an operation on it returns, even if another thread has stopped the bundle and is revoking it.
 *
 * <p>The tests hold the other thread while it reports the leak. At that time the guarded blocks are not holes yet.
 */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // boot() assigns the fields before each test
class ConcurrentStopIT {

    /** The time limit of a test, twice the 10 s for which the kernel waits at most. */
    private static final Duration TWO_WAITS = Duration.ofSeconds(20);

    private static final int SAMPLES = 20;
    private static final long SAMPLE_MILLIS = 5;

    private TracerSystem system;
    private MallocRuntime runtime;
    private Bundle driver;
    private List<MemorySegment> blocks;

    /** An operation of the second thread, which may throw any exception. */
    private interface Operation {
        void run() throws Exception;
    }

    @BeforeEach
    void boot() throws Exception {
        system = new TracerSystem();
        runtime = system.service(MallocRuntime.class);
        system.service(MallocOperator.class).level(Level.G);
        driver = system.load();
        blocks = system.blocks(driver, 3);
    }

    @AfterEach
    void halt() throws Exception {
        system.close();
    }

    @Test
    void uninstallWaitsForRevocation() throws Exception {
        expectToWait(driver::uninstall);
    }

    @Test
    void updateWaitsForRevocation() throws Exception {
        expectToWait(() -> system.update(driver));
    }

    @Test
    void refreshWaitsForRevocation() throws Exception {
        expectToWait(() -> system.refresh(driver));
    }

    @Test
    void kernelStopWaitsForRevocation() throws Exception {
        expectToWait(system.kernel::stop);
    }

    @Test
    void awaitRevokedWaitsBehindASecondStop() throws Exception {
        expectToWait(() -> {
            driver.stop();
            assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ofSeconds(30)))
                    .isTrue();
        });
        assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ZERO)).isTrue();
    }

    @Test
    void awaitRevokedReturnsFalseAtTheTimeout() throws Exception {
        try (HeldConsole console = new HeldConsole("leaked memory on destroy")) {
            FutureTask<?> stop = start(driver::stop);
            console.awaitThread();
            assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ofMillis(-1)))
                    .isFalse();
            assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ofMillis(5)))
                    .isFalse();
            console.release();
            stop.get();
            assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ZERO))
                    .isTrue();
        }
    }

    @Test
    void awaitRevokedOfARunningBundleReturnsAtOnce() throws Exception {
        assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ofDays(400_000)))
                .isTrue();
        assertThat(runtime.awaitRevoked(Long.MAX_VALUE, Duration.ZERO)).isTrue();
    }

    @Test
    void uninstallGoesOnAfterTenSecondsWithOneWarning() throws Exception {
        try (HeldConsole console = new HeldConsole("leaked memory on destroy")) {
            FutureTask<?> stop = start(driver::stop);
            console.awaitThread();
            long begun = System.nanoTime();
            driver.uninstall();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("one wait of two events")
                    .isLessThan(TWO_WAITS);
            assertThat(console.isReleased()).isFalse();
            assertThat(runtime.messages())
                    .filteredOn(line -> line.contains("is not revoked yet"))
                    .singleElement()
                    .asString()
                    .contains("tracer", "10 s", "quarantine");
            console.release();
            stop.get();
        }
        TracerSystem.expectRevoked(blocks);
    }

    @Test
    void uninstallRevokesBeforeALateStoppedEvent() throws Exception {
        expectWithHeldEvent(() -> {
            driver.uninstall();
            TracerSystem.expectRevoked(blocks);
        });
    }

    @Test
    void startBeforeTheStoppedEventGetsReadableBlocks() throws Exception {
        expectWithHeldEvent(() -> driver.start());
        assertThat(TracerSystem.readable(system.blocks(driver, 3))).hasSize(3);
    }

    @Test
    void secondStopAwaitsALateStoppedEvent() throws Exception {
        expectWithHeldEvent(() -> {
            driver.stop();
            assertThat(runtime.awaitRevoked(driver.getBundleId(), Duration.ofSeconds(30)))
                    .isTrue();
            TracerSystem.expectRevoked(blocks);
        });
    }

    /** Runs an operation while the thread that stops the driver is held in the event STOPPED, before it reaches the kernel. */
    private void expectWithHeldEvent(Operation operation) throws Exception {
        driver.uninstall();
        system.kernel.stop();
        HeldEvent event = new HeldEvent();
        system.framework.context().addBundleListener(event);
        system.kernel.start();
        runtime = system.service(MallocRuntime.class);
        driver = system.load();
        blocks = system.blocks(driver, 3);
        FutureTask<?> stop = start(driver::stop);
        event.awaitThread();
        FutureTask<?> other = new FutureTask<>(task(operation));
        Thread thread = Thread.ofPlatform().start(other);
        awaitIdle(thread);
        event.release();
        other.get();
        stop.get();
        TracerSystem.expectRevoked(blocks);
    }

    private void expectToWait(Operation operation) throws Exception {
        try (HeldConsole console = new HeldConsole("leaked memory on destroy")) {
            FutureTask<?> stop = start(driver::stop);
            console.awaitThread();
            boolean[] waited = {false};
            FutureTask<?> other = new FutureTask<>(task(() -> {
                operation.run();
                waited[0] = console.isReleased();
                TracerSystem.expectRevoked(blocks);
            }));
            Thread thread = Thread.ofPlatform().start(other);
            awaitIdle(thread);
            console.release();
            other.get();
            stop.get();
            assertThat(waited[0]).as("the operation returned behind the stop").isTrue();
        }
    }

    /** Waits until a thread has not been runnable for 20 samples in sequence, or has ended. */
    private static void awaitIdle(Thread thread) throws InterruptedException {
        int idle = 0;
        while (idle < SAMPLES && thread.isAlive()) {
            Thread.sleep(SAMPLE_MILLIS);
            idle = thread.getState() == Thread.State.RUNNABLE ? 0 : idle + 1;
        }
    }

    private static FutureTask<?> start(Operation operation) {
        FutureTask<?> task = new FutureTask<>(task(operation));
        Thread.ofPlatform().start(task);
        return task;
    }

    private static Callable<Boolean> task(Operation operation) {
        return () -> {
            operation.run();
            return true;
        };
    }
}
