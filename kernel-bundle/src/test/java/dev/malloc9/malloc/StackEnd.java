package dev.malloc9.malloc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread that recurses to the end of its stack and tries an operation at many depths on its way back. */
final class StackEnd {

    private static final long STACK_BYTES = 256 << 10;

    /** The number of frames between two attempts, which is 200 bytes to 1 KiB of stack. */
    private static final int STEP = 7;

    /** The number of successes in a row after which the stack has room for every operation. */
    private static final int SUCCESSES = 20;

    private final Runnable operation;
    private int overflows;
    private int successes;

    private StackEnd(Runnable operation) {
        this.operation = operation;
    }

    /**
     * Tries an operation at many depths.
     *
     * @return the number of attempts that ended with a {@link StackOverflowError}; another error is thrown
     */
    static int overflows(Runnable operation) throws Exception {
        StackEnd end = new StackEnd(operation);
        bounded(() -> end.descend(0));
        return end.overflows;
    }

    /**
     * Runs a task in a thread of its own. If the task does not end within 60 s, for example because it waits for a lock, throws an error.
     */
    static void bounded(Runnable task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        task.run();
                        done.complete(null);
                    } catch (Throwable thrown) {
                        done.completeExceptionally(thrown);
                    }
                },
                "end-of-stack",
                STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            done.get(60, TimeUnit.SECONDS);
        } catch (TimeoutException stuck) {
            AssertionError error = new AssertionError("the thread does not end");
            error.setStackTrace(thread.getStackTrace());
            throw error;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // the recursion ends with a StackOverflowError
    private void descend(int depth) {
        try {
            descend(depth + 1);
        } catch (StackOverflowError end) {
            successes = 0;
        }
        if (depth % STEP == 0 && successes < SUCCESSES) {
            attempt();
        }
    }

    private void attempt() {
        try {
            operation.run();
            successes++;
        } catch (StackOverflowError end) {
            overflows++;
            successes = 0;
        }
    }
}
