package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.zone.RawZone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KernelStopTest extends KernelTest {

    @MallocDefine(name = "late")
    private static final MallocType M_LATE = MallocType.define();

    @Test
    void everySegmentIsRevoked() {
        List<MemorySegment> blocks = new ArrayList<>();
        for (long size = 1; size < 300_000; size *= 3) {
            blocks.add(malloc.malloc(size, M_FOO, M_WAITOK));
            blocks.add(malloc.malloc(size, M_BAR, M_WAITOK).asSlice(0, 1));
        }
        kernel.close();
        for (MemorySegment block : blocks) {
            assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(kernel.runtime().leaks()).isEmpty();
    }

    @Test
    void laterCallsFindNoType() {
        MemorySegment block = malloc.malloc(1, M_FOO, M_WAITOK);
        long address = block.address();
        kernel.close();
        unregistered("malloc", () -> malloc.malloc(1, M_FOO, M_WAITOK));
        unregistered("malloc", () -> malloc.malloc(1 << 20, M_FOO, M_NOWAIT));
        unregistered("free", () -> malloc.free(block, M_FOO));
        unregistered("realloc", () -> malloc.realloc(block, 1, M_FOO, M_WAITOK));
        unregistered("free", () -> kernel.rawMalloc().free(address, M_FOO));
        unregistered("malloc", () -> malloc.malloc(1, M_LATE, M_WAITOK));
        assertThat(kernel.runtime().panics()).isEmpty();
        assertThat(kernel.runtime().messages()).isEmpty();
    }

    @Test
    void aZonesItemIsRefusedByItsAddressToo() {
        RawZone zone =
                kernel.zones().zcreate(ZoneRequest.of("late zone", 64, M_FOO)).raw();
        long item = zone.zalloc(M_WAITOK);
        kernel.close();
        assertThatThrownBy(() -> zone.zfree(item)).isInstanceOf(ZoneDestroyed.class);
        assertThatThrownBy(() -> zone.zalloc(M_WAITOK)).isInstanceOf(ZoneDestroyed.class);
    }

    @Test
    void aKernelBootedAfterwardsServesTheSameTypes() {
        malloc.malloc(1, M_FOO, M_WAITOK);
        kernel.close();
        try (Kernel next = Kernel.boot(new Tunables(4 << 20))) {
            MemorySegment block = next.malloc().malloc(1, M_FOO, M_WAITOK);
            block.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            next.malloc().free(block, M_FOO);
            assertThatThrownBy(() -> malloc.malloc(1, M_FOO, M_WAITOK)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void requestsDuringTheStopGetUnregisteredType() throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            Kernel victim = round == 0 ? kernel : Kernel.boot(new Tunables(8 << 20));
            ConcurrentLinkedQueue<Throwable> ends = new ConcurrentLinkedQueue<>();
            CountDownLatch running = new CountDownLatch(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                threads.add(builder.start(() -> ends.add(untilItFails(victim.malloc(), running))));
            }
            running.await();
            victim.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ends).hasSize(4).allMatch(IllegalStateException.class::isInstance);
            if (round == 0) {
                assertThat(victim.runtime().panics()).isEmpty();
            }
        }
    }

    private static Throwable untilItFails(Malloc malloc, CountDownLatch running) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int step = 0; ; step++) {
            try {
                MemorySegment block = malloc.malloc(step % 5 == 0 ? 100_000 : 3_000, M_FOO, M_WAITOK);
                block.set(ValueLayout.JAVA_BYTE, 0, (byte) step);
                blocks.add(block);
                if (blocks.size() == 10) {
                    blocks.forEach(each -> malloc.free(each, M_FOO));
                    blocks.clear();
                }
            } catch (RuntimeException e) {
                return e;
            } finally {
                if (step == 100) {
                    running.countDown();
                }
                if (step % 100 == 0) {
                    // A virtual thread keeps its carrier until it waits. On a machine with one core there is no other
                    // carrier.
                    LockSupport.parkNanos(1);
                }
            }
        }
    }

    private static void unregistered(String function, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(UnregisteredType.class).hasMessage(function + ": the kernel has stopped");
    }
}
