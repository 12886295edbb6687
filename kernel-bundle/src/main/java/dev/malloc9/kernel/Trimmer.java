package dev.malloc9.kernel;

import dev.malloc9.malloc.MallocSubsystem;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread that returns idle memory to the OS every {@link #TIMEOUT_SECONDS} seconds (uma_timeout). */
final class Trimmer implements AutoCloseable {

    /** The time in seconds from the end of a trim to the start of the next (UMA_TIMEOUT). */
    private static final long TIMEOUT_SECONDS = 20;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-trim").factory());

    private final MallocSubsystem subsystem;
    private final Journal journal;

    @SuppressWarnings("FutureReturnValueIgnored") // trim() reports its exceptions itself
    Trimmer(MallocSubsystem subsystem, Journal journal) {
        this.subsystem = subsystem;
        this.journal = journal;
        executor.scheduleWithFixedDelay(this::trim, TIMEOUT_SECONDS, TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Trims once. A {@link RuntimeException} is noted in the journal; an error ends the repetition without a message. */
    private void trim() {
        try {
            subsystem.trimIdle();
        } catch (RuntimeException refused) {
            journal.note("malloc9: idle memory could not be given back: " + refused.getMessage());
        }
    }

    /** Ends the thread, and waits for a running trim. */
    @Override
    public void close() {
        executor.close();
    }
}
