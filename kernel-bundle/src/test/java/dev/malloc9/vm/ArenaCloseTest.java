package dev.malloc9.vm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a behaviour of the JDK that the kernel cannot hide: closing an arena may interrupt a thread that is inside an access. */
@Timeout(60)
class ArenaCloseTest {

    private static final int BYTES = 1 << 16;

    private final AtomicReference<MemorySegment> current = new AtomicReference<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Test
    @SuppressWarnings("MustBeClosed") // a later iteration closes the arena
    void closeInterruptsTheThreadThatIsInsideAnAccess() throws Exception {
        Arena first = Arena.ofShared();
        current.set(first.allocate(BYTES));
        Thread accessing = Thread.ofPlatform().daemon().start(this::access);
        Arena arena = first;
        while (!interrupted.await(50, TimeUnit.MICROSECONDS)) {
            Arena next = Arena.ofShared();
            current.set(next.allocate(BYTES));
            arena.close();
            arena = next;
        }
        accessing.join();
        arena.close();
        assertThat(interrupted.getCount()).isZero();
    }

    private void access() {
        byte[] bytes = new byte[BYTES];
        while (interrupted.getCount() > 0) {
            try {
                MemorySegment.copy(current.get(), JAVA_BYTE, 0, bytes, 0, BYTES);
            } catch (IllegalStateException closed) {
                if (Thread.interrupted()) {
                    interrupted.countDown();
                }
            }
        }
    }
}
