package dev.malloc9.launcher;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;

/**
 * The shutdown hook of the process, which runs after an exit or a signal. The hook stops the framework, so that the kernel reports leaks,
 * and then deletes the private folder.
 */
final class Ending extends Thread {

    private static final long STOP_SECONDS = 60;
    private static final long STOP_SECONDS_AFTER_FAILURE = 5;

    private volatile @Nullable PrivateFolder folder;
    private volatile @Nullable Framework framework;
    private volatile boolean begun;
    private volatile long patienceSeconds = STOP_SECONDS;

    private Ending() {
        super("malloc9 shutdown");
    }

    /** Registers the shutdown hook of this process. If the process is ending already, the hook counts as begun and will not run. */
    static Ending register() {
        Ending ending = new Ending();
        try {
            Runtime.getRuntime().addShutdownHook(ending);
        } catch (IllegalStateException ended) {
            ending.begun = true;
        }
        return ending;
    }

    /** Sets the folder to delete. If the process is ending already, the folder is deleted at once. */
    void deletes(PrivateFolder created) {
        folder = created;
        if (begun) {
            created.delete();
        }
    }

    /** Sets the framework to stop. */
    void stops(Framework booting) {
        framework = booting;
    }

    /** Returns whether the process is ending: whether the hook has begun, or could not be registered. */
    boolean hasBegun() {
        return begun;
    }

    /** Shortens the wait for the framework's stop, because the boot has failed and a bundle may hang. */
    void afterFailure() {
        patienceSeconds = STOP_SECONDS_AFTER_FAILURE;
    }

    @Override
    public void run() {
        begun = true;
        Framework running = framework;
        if (running != null) {
            stop(running);
        }
        PrivateFolder created = folder;
        if (created != null) {
            created.delete();
        }
    }

    private void stop(Framework running) {
        // The call of stop() itself can block while another thread starts a bundle.
        Thread stopping = Thread.ofPlatform().daemon().name("malloc9 stop").start(() -> {
            try {
                running.stop();
                running.waitForStop(0);
            } catch (BundleException | InterruptedException | RuntimeException e) {
                Main.say("the framework does not stop: " + BootFailed.reason(e));
            }
        });
        try {
            stopping.join(TimeUnit.SECONDS.toMillis(patienceSeconds));
            if (stopping.isAlive()) {
                Main.say("the framework did not stop within " + patienceSeconds + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the framework has stopped for good. After an update of the system bundle, this method starts the framework again. */
    static void await(Framework running) throws BundleException, InterruptedException {
        int event = running.waitForStop(0).getType();
        while (event == FrameworkEvent.STOPPED_UPDATE || event == FrameworkEvent.STOPPED_SYSTEM_REFRESHED) {
            running.start();
            event = running.waitForStop(0).getType();
        }
    }
}
