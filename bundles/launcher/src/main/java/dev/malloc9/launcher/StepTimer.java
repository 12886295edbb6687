package dev.malloc9.launcher;

import java.util.concurrent.TimeUnit;

/**
 * A timer for the steps of the boot. If one step takes too long, for example a bundle's start that never returns, the timer ends the
 * process with exit code 2. {@link #close} stops the timer.
 */
final class StepTimer implements AutoCloseable {

    private static final int INCOMPLETE = 2;

    private final int seconds;
    private final Ending ending;
    private final Thread thread;

    /** The description of the current step. Guarded by {@code this}. */
    private String step = "";

    /** The {@code System.nanoTime()} at which the current step began. Guarded by {@code this}. */
    private long since = System.nanoTime();

    private StepTimer(int seconds, Ending ending) {
        this.seconds = seconds;
        this.ending = ending;
        this.thread = Thread.ofPlatform().daemon().name("malloc9 boot watch").unstarted(this::watch);
    }

    /**
     * Starts a timer.
     *
     * @param seconds the longest time of a step; 0 or less ends the process at once
     */
    static StepTimer start(int seconds, Ending ending) {
        StepTimer timer = new StepTimer(seconds, ending);
        timer.thread.start();
        return timer;
    }

    /** Records that a step begins, and that the previous one has therefore ended. */
    synchronized void begin(String description) {
        step = description;
        since = System.nanoTime();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    @SuppressWarnings("SystemExitOutsideMain") // the main thread hangs in the step
    private void watch() {
        try {
            while (leftNanos() > 0) {
                TimeUnit.NANOSECONDS.sleep(Math.max(leftNanos(), TimeUnit.MILLISECONDS.toNanos(1)));
            }
        } catch (InterruptedException booted) {
            return;
        }
        if (!ending.hasBegun()) {
            ending.afterFailure();
            Main.say("the boot takes longer than " + seconds + " s to " + step());
            System.exit(INCOMPLETE);
        }
    }

    private synchronized long leftNanos() {
        return since + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime();
    }

    private synchronized String step() {
        return step;
    }
}
