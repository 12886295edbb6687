package dev.malloc9.trace;

import java.util.function.Consumer;

/**
 * A trace that passes a kernel's events to the JDK's Flight Recorder: malloc and free of the types whose probes are on, and the rare events
 * that this interface lists. Every instance method has a default implementation that does nothing.
 *
 * <p>The caller is outside of critical sections, holds no lock that a request takes, and calls after the event has happened. No method
 * throws an exception; an {@link OutOfMemoryError} or {@link StackOverflowError} is possible.
 */
public interface Trace {

    /** The value of an unknown amount. */
    long UNKNOWN = Long.MIN_VALUE;

    /** The class index of a block without a size class: a page run, or memory of another allocator. */
    int NO_CLASS = -1;

    /**
     * Returns the trace of a new kernel. If the JVM has no Flight Recorder, the trace does nothing and gives the reason in
     * {@link #absence}.
     *
     * @param say the consumer of lines for the operator
     */
    static Trace open(Consumer<String> say) {
        try {
            return FlightTrace.open(say);
        } catch (LinkageError noRecorder) {
            return new Absent(Messages.noRecorder("module jdk.jfr is missing"));
        }
    }

    /**
     * The trace in a JVM without a Flight Recorder.
     *
     * @param absence the reason, as text for the operator
     */
    record Absent(String absence) implements Trace {}

    /**
     * Returns the reason why there are no probes, as text for the operator; empty if there are probes. If the probes end after this call,
     * the reason is given to the consumer of {@link #open} instead.
     */
    default String absence() {
        return "";
    }

    /**
     * Sets the action that runs whenever the result of {@link #wants} may have changed. If there is a Flight Recorder, the action runs once
     * during this call. It replaces the previous action.
     */
    default void follow(Runnable changed) {}

    /** Returns whether a probe is on for a type of that name. */
    default boolean wants(String type) {
        return false;
    }

    /** Fires the malloc probe: a block was handed out. */
    default void malloc(Operation operation) {}

    /** Fires the free probe: a block was freed. */
    default void free(Operation operation) {}

    /**
     * The allocation or the free of a block.
     *
     * @param type the printable name of the block's type
     * @param bundle the printable name of the bundle that owns the type
     * @param requested the requested size in bytes, or {@link #UNKNOWN}
     * @param accounted the size in bytes in the type's statistics
     * @param classIndex the index of the size class, or {@link #NO_CLASS}
     * @param address the block's address; 0 for memory of another allocator
     */
    record Operation(String type, String bundle, long requested, long accounted, int classIndex, long address) {}

    /** Reports that a type was registered. */
    default void typeRegister(String type, String bundle, String description) {}

    /**
     * Reports that a type was unregistered.
     *
     * @param allocations the number of blocks that were ever handed out
     * @param frees the number of blocks that were ever freed
     */
    default void typeUnregister(String type, String bundle, long allocations, long frees) {}

    /**
     * Reports that a type had blocks in use when it was unregistered.
     *
     * @param allocations the number of blocks in use
     * @param bytes the size of these blocks in bytes
     */
    default void leakOnDestroy(String type, String bundle, long allocations, long bytes) {}

    /**
     * Reports an access that MemGuard caught.
     *
     * @param kind the kind of the hit in lower case, for instance {@code overrun}
     * @param type the name of the block's type; empty if the block is unknown
     * @param address the first byte of the access; 0 if it is unknown
     */
    default void memGuardHit(String kind, String type, String bundle, long address, String message) {}

    /**
     * Reports a write beside a block, or a write to a freed block.
     *
     * @param kind the kind of the damage in lower case
     * @param address the block's address
     * @param offset the offset of the first damaged byte from the address; negative below the block
     * @param bytes the number of damaged bytes
     */
    default void redZoneCorruption(
            String kind, String type, String bundle, long address, long offset, long bytes, String message) {}

    /** Reports a panic of a bundle. */
    default void panic(String bundle, String message) {}

    /**
     * Ends the trace of a kernel that has stopped: its action is not run again, and JFR does not refer to it. A later event is still
     * written while another kernel of this class loader is open.
     */
    default void close() {}
}
