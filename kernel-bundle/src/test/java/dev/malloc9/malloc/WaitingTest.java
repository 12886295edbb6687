package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.StoppedClock;
import dev.malloc9.vm.VirtualClock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests in a kernel map of 2 MiB that one block fills. */
@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {false, true})
class WaitingTest {

    private static final long MAP = 2 << 20;

    private final boolean virtual;
    private final StoppedClock clock = new StoppedClock();
    private final Subsystem kernel = new Subsystem(MAP, 0, clock);
    private final Owner first = kernel.load("first", M_A);
    private final Owner second = kernel.load("second", M_B);
    private final MemorySegment all = kernel.malloc().malloc(MAP, M_A, M_WAITOK);
    private @Nullable Thread waiter;

    WaitingTest(boolean virtual) {
        this.virtual = virtual;
    }

    @BeforeEach
    void nothingIsLeft() {
        assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isZero();
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 65_536, 65_537, MAP})
    void aWaiterIsServedAsSoonAsAddressSpaceIsReleased(long size) throws Exception {
        FutureTask<MemorySegment> request = start(() -> kernel.malloc().malloc(size, M_B, M_WAITOK));
        clock.awaitWaiter();
        assertThat(request).isNotDone();
        kernel.malloc().free(all, M_A);
        assertThat(request.get(30, TimeUnit.SECONDS).byteSize()).isEqualTo(size);
        assertThat(kernel.stats("b").allocs()).isEqualTo(1);
    }

    /** Enough blocks are freed that a full bucket goes to the zone, but so few that every slab stays in use. */
    @Test
    void aWaiterIsServedByItemsThatOthersFree() throws Exception {
        kernel.malloc().free(all, M_A);
        List<MemorySegment> items = new ArrayList<>();
        for (MemorySegment item = kernel.malloc().malloc(4096, M_A, M_NOWAIT);
                item != null;
                item = kernel.malloc().malloc(4096, M_A, M_NOWAIT)) {
            items.add(item);
        }
        FutureTask<MemorySegment> request = start(() -> kernel.malloc().malloc(4096, M_B, M_WAITOK));
        clock.awaitWaiter();
        for (int item = 0; item < items.size(); item += 2) {
            kernel.malloc().free(items.get(item), M_A);
        }
        assertThat(request.get(30, TimeUnit.SECONDS).byteSize()).isEqualTo(4096);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP);
    }

    @Test
    void aRequestThatDoesNotWaitGetsNullAtOnce() {
        assertThat(kernel.malloc().malloc(16, M_B, M_NOWAIT)).isNull();
        assertThat(kernel.malloc().malloc(MAP, M_B, M_NOWAIT)).isNull();
        assertThat(kernel.rawMalloc().malloc(4096, M_B, M_NOWAIT)).isZero();
        assertThat(kernel.stats("b").allocs()).isZero();
    }

    @Test
    void interruptedWaiterFailsWithItsInterruptSet() throws Exception {
        FutureTask<Boolean> request = start(() -> {
            assertThatExceptionOfType(InterruptedRequest.class)
                    .isThrownBy(() -> kernel.malloc().malloc(100, M_B, M_WAITOK))
                    .withMessage("kmem_malloc(128): interrupted while waiting for memory");
            // The interrupt status is still set, so this request does not even begin to wait.
            assertThatExceptionOfType(InterruptedRequest.class)
                    .isThrownBy(() -> kernel.malloc().malloc(100_000, M_B, M_WAITOK))
                    .withMessage("kmem_malloc(102400): interrupted while waiting for memory");
            return Thread.interrupted();
        });
        clock.awaitWaiter();
        interruptWaiter();
        assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kernel.stats("b").allocs()).isZero();
    }

    @Test
    void anInterruptedThreadIsServedWhereItNeedNotWait() throws Exception {
        kernel.malloc().free(all, M_A);
        FutureTask<Boolean> request = start(() -> {
            Thread.currentThread().interrupt();
            kernel.malloc().malloc(100, M_B, M_WAITOK);
            return Thread.interrupted();
        });
        assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kernel.stats("b").inUse()).isEqualTo(1);
    }

    @Test
    void anInterruptedReallocfFreesTheBlock() throws Exception {
        kernel.malloc().free(all, M_A);
        MemorySegment block = kernel.malloc().malloc(16, M_B, M_WAITOK);
        MemorySegment rest = kernel.malloc().malloc(MAP - 65_536, M_A, M_WAITOK);
        FutureTask<Boolean> request = start(() -> {
            assertThatExceptionOfType(InterruptedRequest.class)
                    .isThrownBy(() -> kernel.malloc().reallocf(block, 4096, M_B, M_WAITOK));
            return Thread.interrupted();
        });
        clock.awaitWaiter();
        interruptWaiter();
        assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kernel.stats("b").inUse()).isZero();
        kernel.malloc().free(rest, M_A);
    }

    @Test
    void waiterOfAStoppedBundleGetsAnError() throws Exception {
        for (long size : new long[] {100, 100_000}) {
            Owner owner = size == 100 ? second : kernel.load("third", M_B);
            FutureTask<Boolean> request = start(() -> {
                assertThatExceptionOfType(UnregisteredType.class)
                        .isThrownBy(() -> kernel.malloc().malloc(size, M_B, M_WAITOK))
                        .withMessage("malloc: type 'b' is not registered: " + owner.module() + " has stopped");
                return true;
            });
            clock.awaitWaiter();
            kernel.unload(owner);
            assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(kernel.leaks).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP);
    }

    @Test
    void leakOfAStoppedBundleServesAWaiter() throws Exception {
        FutureTask<MemorySegment> request = start(() -> kernel.malloc().malloc(100, M_B, M_WAITOK));
        clock.awaitWaiter();
        kernel.unload(first);
        assertThat(request.get(30, TimeUnit.SECONDS).byteSize()).isEqualTo(100);
    }

    @Test
    void aWaiterOfAStoppingKernelIsReleasedWithAnError() throws Exception {
        FutureTask<Boolean> request = start(() -> {
            assertThatExceptionOfType(UnregisteredType.class)
                    .isThrownBy(() -> kernel.malloc().malloc(100, M_B, M_WAITOK));
            return true;
        });
        clock.awaitWaiter();
        kernel.close();
        assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void errorAfterTheWaitNamesTheAllocatedMemory() {
        VirtualClock hurry = new VirtualClock();
        try (Subsystem small = new Subsystem(MAP, 0, hurry)) {
            small.load("first", M_A);
            kernel.close();
            small.malloc().malloc(MAP - 4096, M_A, M_WAITOK);
            assertThatExceptionOfType(KernelMapExhausted.class)
                    .isThrownBy(() -> small.malloc().malloc(5000, M_A, M_WAITOK))
                    .withMessage("kmem_malloc(8192): kmem_map too small: 2093056 total allocated");
            assertThat(hurry.waits).containsExactly(250L, 500L, 750L, 1000L, 1250L, 1500L, 1750L, 2000L);
        }
    }

    @Test
    void aHandlerThatFreesServesTheRequest() {
        List<String> asked = new ArrayList<>();
        IllegalStateException broken = new IllegalStateException("broken");
        kernel.subsystem.lowMemory().register(() -> {
            asked.add("broken");
            throw broken;
        });
        kernel.subsystem.lowMemory().register(() -> {
            asked.add("frees");
            assertThatExceptionOfType(KernelMapExhausted.class)
                    .isThrownBy(() -> kernel.malloc().malloc(100, M_A, M_WAITOK));
            kernel.malloc().free(all, M_A);
        });
        assertThat(kernel.malloc().malloc(100, M_B, M_WAITOK).byteSize()).isEqualTo(100);
        assertThat(asked).containsExactly("broken", "frees");
        assertThat(kernel.failures).containsExactly(broken);
    }

    private <T> FutureTask<T> start(Callable<T> request) {
        FutureTask<T> task = new FutureTask<>(request);
        waiter = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
        return task;
    }

    private void interruptWaiter() {
        if (waiter != null) {
            waiter.interrupt();
        }
    }
}
