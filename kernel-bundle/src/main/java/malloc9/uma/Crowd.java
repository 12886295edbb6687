package malloc9.uma;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import malloc9.pcpu.Cpus;

/**
 * The busy threads of a process that has many more of them than processors.
 *
 * <p>A handshake waits until each busy thread has had a processor. In a crowd that takes as long as the time slices of all threads, unless they give
 * up the rest of theirs. So the gates are closed meanwhile, and each request sleeps on its slow path for {@link #NANOS}. A request is
 * late by that much, and no request waits for a handshake. Correctness does not depend on it.
 */
final class Crowd {

    /** Threads for each processor that are no crowd yet. */
    private static final int FEW = 4;

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Cpus cpus;
    private final Gates gates;

    /** Whether requests on slow paths sleep. Written by one thread at a time. */
    private volatile boolean givingWay;

    Crowd(Cpus cpus, Gates gates) {
        this.cpus = cpus;
        this.gates = gates;
    }

    /** Whether there are many more threads than processors, as far as the slots tell. */
    boolean isThere() {
        return cpus.all().size() > FEW * Runtime.getRuntime().availableProcessors();
    }

    /** Runs handshakes, and has a crowd give way; by one thread at a time, while no drain has closed the gates. */
    boolean giveWay(BooleanSupplier handshakes) {
        if (!isThere()) {
            return handshakes.getAsBoolean();
        }
        try {
            givingWay = true;
            gates.pauseAll();
            return handshakes.getAsBoolean();
        } finally {
            gates.resumeAll();
            givingWay = false;
        }
    }

    /** Gives up the processor, if a handshake waits for one; outside a critical section. */
    void pass() {
        if (givingWay) {
            LockSupport.parkNanos(NANOS);
        }
    }
}
