package dev.malloc9.uma;

import dev.malloc9.pcpu.Cpus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A crowd: the busy threads of a process that has many more threads than processors.
 *
 * <p>A handshake waits until each busy thread has had a processor. In a crowd, this takes as long as the time slices of all threads, unless
 * the threads give up the rest of their slices. During the handshakes the gates are therefore closed, and each request sleeps for {@link
 * #NANOS} on its slow path. A request is late by that time. In {@link Uma#close} it then also waits for the end of the drain; in {@link
 * Uma#quiesce} no request waits for a handshake. Correctness does not depend on this class.
 */
final class Crowd {

    /** The number of threads for each processor up to which there is no crowd. */
    private static final int FEW = 4;

    /** The time in nanoseconds that a request sleeps, during handshakes, before a critical section of its slow path. */
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Cpus cpus;
    private final Gates gates;

    /** True while requests on slow paths sleep. Written by one thread at a time. */
    private volatile boolean givingWay;

    Crowd(Cpus cpus, Gates gates) {
        this.cpus = cpus;
        this.gates = gates;
    }

    /** Returns whether there are many more threads than processors. Counts per-CPU slots, which also exist for threads that have ended. */
    boolean isThere() {
        return cpus.all().size() > FEW * Runtime.getRuntime().availableProcessors();
    }

    /**
     * Runs handshakes. If there is a crowd, makes its requests sleep meanwhile. Only one thread at a time may call this method, and no
     * drain may have closed the gates.
     *
     * @param handshakes the handshakes; returns the result of this method
     */
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

    /** Gives up the processor for up to {@link #NANOS} if a handshake of {@link #giveWay} is running. Called outside critical sections. */
    void pass() {
        if (givingWay) {
            LockSupport.parkNanos(NANOS);
        }
    }
}
