package dev.malloc9.launcher;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/** The main class of {@code felix-config/run}. */
public final class Main {

    /** The exit code of a boot that is not completed, or of a framework that ended with an exception. */
    private static final int INCOMPLETE = 2;

    /** The system property with the longest time of one step of the boot, in seconds; 60 if it is not set. */
    private static final String STEP_SECONDS = "malloc9.boot.seconds";

    private static final int STANDARD_STEP_SECONDS = 60;
    private static final int BATCH_SECONDS = 10;

    private Main() {}

    /**
     * Boots, waits until the framework has been stopped, and ends the process. The exit code is 0, or 2 if the boot failed or the framework
     * ended with an exception. A batch ends the process before, with an exit code of its own.
     *
     * @param arguments the text of a batch as the first element, or none
     */
    @SuppressWarnings("SystemExitOutsideMain") // the process of felix-config/run ends here
    public static void main(String[] arguments) {
        // Felix formats its versions in the default locale, and cannot parse digits that are not Latin.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        if (arguments.length > 0) {
            System.setProperty(Settings.COMMANDS, arguments[0]);
        }
        try {
            run(System.getProperties());
        } catch (BootFailed e) {
            say(Objects.requireNonNull(e.getMessage()));
            System.exit(INCOMPLETE);
        } catch (BundleException | InterruptedException e) {
            say("the framework has ended: " + BootFailed.reason(e));
            System.exit(INCOMPLETE);
        }
        System.exit(0);
    }

    private static void run(Properties system) throws BootFailed, BundleException, InterruptedException {
        Settings settings = Settings.read(system);
        String temporary = System.getenv().getOrDefault("TMPDIR", "");
        Settings.requireDecodable(temporary, system);
        Ending ending = Ending.register();
        PrivateFolder folder = PrivateFolder.create(temporary.isEmpty() ? "/tmp" : temporary);
        ending.deletes(folder);
        try {
            int seconds = seconds();
            Framework framework = boot(settings, folder, ending, seconds);
            if (settings.batch()) {
                BatchExit.offer(framework.getBundleContext(), Math.min(seconds, BATCH_SECONDS));
            }
            Ending.await(framework);
        } catch (BootFailed e) {
            if (ending.hasBegun()) {
                // A signal arrived during the boot and caused the failure; the shutdown hook ends the process during
                // this sleep.
                Thread.sleep(TimeUnit.DAYS.toMillis(1));
            }
            ending.afterFailure();
            throw e;
        }
    }

    private static Framework boot(Settings settings, PrivateFolder folder, Ending ending, int seconds)
            throws BootFailed, InterruptedException {
        Map<String, String> properties = settings.framework(folder, System.getProperties());
        try (StepTimer timer = StepTimer.start(seconds, ending)) {
            Boot boot = new Boot(properties, timer::begin);
            ending.stops(boot.framework());
            boot.start(Distribution.parts(settings.home(), settings.load() != null));
            return boot.framework();
        }
    }

    private static int seconds() throws BootFailed {
        String text = System.getProperty(STEP_SECONDS, Integer.toString(STANDARD_STEP_SECONDS));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new BootFailed(STEP_SECONDS + ": not a number of seconds: " + text);
        }
    }

    /** Prints a line for the operator on the standard error. */
    static void say(String line) {
        System.err.println("felix-config/run: " + line);
    }
}
