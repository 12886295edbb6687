package malloc9.kernel;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import malloc9.malloc.MallocSubsystem;

/** The thread that gives idle memory back to the OS, every {@link #TIMEOUT_SECONDS} (uma_timeout). */
final class Trimmer implements AutoCloseable {

    /** Between two looks at what was idle (UMA_TIMEOUT). */
    private static final long TIMEOUT_SECONDS = 20;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-trim").factory());

    private final MallocSubsystem subsystem;
    private final Journal journal;

    @SuppressWarnings("FutureReturnValueIgnored") // trim() tells what goes wrong itself
    Trimmer(MallocSubsystem subsystem, Journal journal) {
        this.subsystem = subsystem;
        this.journal = journal;
        executor.scheduleWithFixedDelay(this::trim, TIMEOUT_SECONDS, TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private void trim() {
        try {
            subsystem.trimIdle();
        } catch (RuntimeException refused) {
            journal.note("malloc9: idle memory could not be given back: " + refused.getMessage());
        }
    }

    /** Waits for a trim that is under way. */
    @Override
    public void close() {
        executor.close();
    }
}
