package malloc9.launcher;

import java.util.concurrent.TimeUnit;

/** A watch over the boot: ends the process if one step takes too long, as a bundle's start that never returns. */
final class StepTimer implements AutoCloseable {

    private static final int INCOMPLETE = 2;

    private final int seconds;
    private final Ending ending;
    private final Thread thread;

    /** The step under way. Guarded by this. */
    private String step = "";

    /** When the step began. Guarded by this. */
    private long since = System.nanoTime();

    private StepTimer(int seconds, Ending ending) {
        this.seconds = seconds;
        this.ending = ending;
        this.thread = Thread.ofPlatform().daemon().name("malloc9 boot watch").unstarted(this::watch);
    }

    /** Starts a watch. */
    static StepTimer start(int seconds, Ending ending) {
        StepTimer timer = new StepTimer(seconds, ending);
        timer.thread.start();
        return timer;
    }

    /** Notes that a step begins, and so that the one before has ended. */
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
