package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeListing;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import java.lang.management.ManagementFactory;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("dc9d32cb6e: show malloc works when nothing else does: it takes no lock and no memory")
@SuppressWarnings("NullAway.Init") // boot() initialises the fields
class Row36ShowMallocWithoutLocksTest {

    private Subsystem kernel;

    @BeforeEach
    void boot() {
        kernel = new Subsystem(1 << 20);
        kernel.load("m", M_A, M_B);
        kernel.malloc().malloc(100, M_A, M_WAITOK);
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    /** A list of descriptors whose {@code size()}, which the registry calls under its lock, blocks the calling thread. */
    private static final class Stopping extends AbstractList<Descriptor> {

        private final List<Descriptor> descriptors;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        Stopping(MallocType type) {
            descriptors = List.of(new Descriptor(type.name(), null, type.magic(), null));
        }

        @Override
        public Descriptor get(int index) {
            return descriptors.get(index);
        }

        @Override
        public Iterator<Descriptor> iterator() {
            return descriptors.iterator();
        }

        @Override
        public int size() {
            stopped.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return descriptors.size();
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void showWorksWhileAThreadHoldsTheRegistrysLock() throws Exception {
        Stopping stopping = new Stopping(M_C);
        Owner late = new Owner(new ModuleId("late", "1", 8), "");
        Thread registrar = Thread.ofPlatform().start(() -> kernel.subsystem.register(late, stopping));
        stopping.stopped.await();
        Thread other = Thread.ofPlatform().start(() -> kernel.load("other", Subsystem.M_D));
        try {
            awaitBlocked(other);
            assertThat(show(new StringBuilder()).lines())
                    .containsExactly(
                            "              Type        InUse        MemUse     Requests",
                            "                 b            0            0K            0",
                            "                 a            1            1K            1");
        } finally {
            stopping.goOn.countDown();
            registrar.join();
            other.join();
        }
        assertThat(show(new StringBuilder()))
                .contains("                 c            0", "                 d            0");
    }

    @Test
    void showWorksWhenMemoryIsExhausted() {
        while (kernel.malloc().malloc(4096, M_A, M_NOWAIT) != null) {
            // until the map has no free page
        }
        while (kernel.malloc().malloc(16, M_A, M_NOWAIT) != null) {
            // until no small block is left
        }
        long used = kernel.map.used();
        assertThat(show(new StringBuilder())).containsPattern("\n +a +\\d+ +\\d+K +\\d+$");
        assertThat(kernel.map.used()).isEqualTo(used);
    }

    @Test
    void theThreadsHeapAllocationIsTheOutputBufferOnly() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        kernel.load("odd", new MallocType[] {M_C});
        kernel.subsystem.operator().limit(new ModuleId("m", "1", 7), "b", 0, 1 << 20);
        kernel.malloc().malloc(100, M_B, M_WAITOK);
        StringBuilder buffer = new StringBuilder(4096);
        show(buffer);
        for (int i = 0; i < 3; i++) {
            buffer.setLength(0);
            TypeListing listing = new TypeListing(buffer);
            long before = threads.getCurrentThreadAllocatedBytes();
            kernel.subsystem.statistics().show(listing);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).isZero();
            assertThat(buffer).contains(" b            1 ");
        }
    }

    private String show(StringBuilder buffer) {
        kernel.subsystem.statistics().show(new TypeListing(buffer));
        return buffer.toString();
    }

    /** Waits until the thread waits for a lock that it cannot get. */
    private static void awaitBlocked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
