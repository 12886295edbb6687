package dev.malloc9.itests;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A console on the standard output that holds the first thread that prints a line with a certain text. The thread continues after
 * {@code release} or {@code close}.
 */
final class HeldConsole implements AutoCloseable {

    private final PrintStream former = System.out;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    HeldConsole(String text) {
        System.setOut(new PrintStream(former, true, StandardCharsets.UTF_8) {
            @Override
            public void println(@Nullable String line) {
                if (line != null && line.contains(text)) {
                    reached.countDown();
                    hold();
                }
                super.println(line);
            }
        });
    }

    /** Waits without a time limit until a thread is held. */
    void awaitThread() throws InterruptedException {
        reached.await();
    }

    void release() {
        released.countDown();
    }

    boolean isReleased() {
        return released.getCount() == 0;
    }

    @Override
    public void close() {
        release();
        System.setOut(former);
    }

    private void hold() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
