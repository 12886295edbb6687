package dev.malloc9.itests;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Tests that no thread can touch a block after two threads have stopped, updated or uninstalled its driver at the same time. The operations
 * are repeated many times. The full form is {@code bundles/itests/churn}.
 */
class StopChurnIT {

    private static final int CYCLES = Integer.getInteger("malloc9.churn.cycles", 30);

    /** The number of cycles of which one stops the kernel as well. */
    private static final int KERNEL_STOPS = 10;

    private static final int BLOCKS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum Operation {
        STOP_AND_AWAIT,
        UNINSTALL,
        UNLOAD,
        UPDATE,
        STOP,
        STOP_KERNEL
    }

    /** The operations that two threads choose from at random. The other operations are for fixed pairs. */
    private static final List<Operation> OF_THE_DRIVER =
            List.of(Operation.STOP_AND_AWAIT, Operation.UNINSTALL, Operation.UNLOAD, Operation.UPDATE);

    @Test
    @Timeout(3600)
    void blocksAreRevokedAfterConcurrentStops() throws Exception {
        try (TracerSystem system = new TracerSystem()) {
            Random random = new Random(CYCLES);
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                system.service(MallocOperator.class).level(cycle % 2 == 0 ? Level.R : Level.G);
                if (cycle % KERNEL_STOPS == KERNEL_STOPS - 1) {
                    cycle(system, Operation.STOP, Operation.STOP_KERNEL);
                    system.kernel.start();
                } else {
                    cycle(system, any(random), any(random));
                }
            }
        }
    }

    private static Operation any(Random random) {
        return OF_THE_DRIVER.get(random.nextInt(OF_THE_DRIVER.size()));
    }

    private static void cycle(TracerSystem system, Operation one, Operation other) throws Exception {
        Bundle driver = system.load();
        List<MemorySegment> blocks = system.blocks(driver, BLOCKS);
        CyclicBarrier barrier = new CyclicBarrier(2);
        MallocRuntime runtime = system.service(MallocRuntime.class);
        FutureTask<Boolean> first = start(system, runtime, driver, one, blocks, barrier);
        FutureTask<Boolean> second = start(system, runtime, driver, other, blocks, barrier);
        first.get();
        second.get();
        TracerSystem.expectRevoked(blocks);
        if (driver.getState() != Bundle.UNINSTALLED) {
            // If a bundle was updated and uninstalled at the same time, Equinox may have lost it. It then refuses the
            // uninstall, which is
            // ignored.
            run(system, runtime, driver, Operation.UNINSTALL);
        }
    }

    private static FutureTask<Boolean> start(
            TracerSystem system,
            MallocRuntime runtime,
            Bundle driver,
            Operation operation,
            List<MemorySegment> blocks,
            CyclicBarrier barrier) {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            barrier.await();
            boolean done = run(system, runtime, driver, operation);
            if (done) {
                TracerSystem.expectRevoked(blocks);
            }
            return done;
        });
        Thread.ofPlatform().start(task);
        return task;
    }

    /**
     * Runs an operation. Returns false if the framework refused it because the other thread was first, or if the blocks were not revoked in
     * time.
     */
    private static boolean run(TracerSystem system, MallocRuntime runtime, Bundle driver, Operation operation)
            throws Exception {
        try {
            switch (operation) {
                case STOP_AND_AWAIT -> {
                    driver.stop();
                    return runtime.awaitRevoked(driver.getBundleId(), PATIENCE);
                }
                case UNINSTALL -> driver.uninstall();
                case UNLOAD -> {
                    driver.stop();
                    driver.uninstall();
                }
                case UPDATE -> system.update(driver);
                case STOP -> driver.stop();
                case STOP_KERNEL -> system.kernel.stop();
            }
            return true;
        } catch (BundleException | IllegalStateException refused) {
            return false;
        }
    }
}
