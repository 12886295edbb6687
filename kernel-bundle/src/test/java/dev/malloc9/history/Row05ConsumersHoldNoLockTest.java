package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 5, 3ed6eac561: a consumer of statistics may block or call the kernel while it receives them, because no lock is held. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Row05ConsumersHoldNoLockTest {

    private final Subsystem kernel = new Subsystem();
    private final Sysctl sysctl = kernel.sysctl();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        executor.shutdownNow();
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kern.malloc_stats", "vm.zone_stats"})
    void whileAConsumerBlocksTypesComeAndGo(String stream)
            throws InterruptedException, ExecutionException, TimeoutException {
        kernel.load("first", M_A);
        int before = count(sysctl.read(stream));
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        Future<?> reading = executor.submit(() -> {
            sysctl.read(stream, new Pieces(seen) {
                @Override
                void piece() throws IOException {
                    blocked.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                }
            });
            return null;
        });
        blocked.await();
        Future<?> others = executor.submit(() -> {
            sysctl.read(stream);
            Owner owner = kernel.load("second", M_B);
            kernel.malloc().free(kernel.malloc().malloc(100, M_B, M_WAITOK), M_B);
            kernel.unload(owner);
            kernel.subsystem.statistics().zoneStats();
        });
        try {
            others.get(20, TimeUnit.SECONDS);
        } finally {
            go.countDown();
        }
        reading.get(20, TimeUnit.SECONDS);
        assertThat(count(seen.toByteArray())).isEqualTo(before);
        assertWhole(stream, seen.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kern.malloc_stats", "vm.zone_stats"})
    void consumerMayCallTheKernelAndSeesASnapshot(String stream) throws IOException {
        kernel.load("first", M_A);
        byte[] before = sysctl.read(stream);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        sysctl.read(stream, new Pieces(seen) {
            @Override
            void piece() {
                Owner owner = kernel.load("inner", M_B);
                kernel.malloc().free(kernel.malloc().malloc(64, M_B, M_WAITOK), M_B);
                assertThat(sysctl.length("kern.malloc_stats")).isEqualTo(16 + 2 * 2080);
                kernel.unload(owner);
            }
        });
        assertThat(count(seen.toByteArray())).isEqualTo(count(before));
        assertWhole(stream, seen.toByteArray());
        assertThat(sysctl.read("kern.malloc_stats")).hasSize(16 + 2080);
    }

    /** Asserts that the stream has as many records as its header says. */
    private static void assertWhole(String name, byte[] stream) {
        int cpus = ByteBuffer.wrap(stream).order(ByteOrder.nativeOrder()).getInt(4);
        int header = name.equals("kern.malloc_stats") ? 32 : 120;
        assertThat(stream).hasSize(16 + count(stream) * (header + cpus * 64));
    }

    private static int count(byte[] stream) {
        return ByteBuffer.wrap(stream).order(ByteOrder.nativeOrder()).getInt(8);
    }

    /** A stream that keeps the bytes that it receives, and calls {@code piece} for each piece. */
    private abstract static class Pieces extends OutputStream {

        private final ByteArrayOutputStream seen;

        Pieces(ByteArrayOutputStream seen) {
            this.seen = seen;
        }

        abstract void piece() throws IOException;

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            piece();
            seen.write(bytes, from, count);
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }
    }
}
