package malloc9.trace;

import java.util.function.Consumer;

/**
 * A trace is what a kernel tells the Flight Recorder: what happens to the types whose probes somebody wants, and all that is rare.
 *
 * <p>Called outside of critical sections, after what it tells of, and under no lock that a request takes. Throws nothing.
 */
public interface Trace {

    /** An amount that nobody knows. */
    long UNKNOWN = Long.MIN_VALUE;

    /** The class index of what belongs to no size class. */
    int NO_CLASS = -1;

    /**
     * The trace of a kernel.
     *
     * @param say takes lines for the operator
     */
    static Trace open(Consumer<String> say) {
        try {
            return FlightTrace.open(say);
        } catch (LinkageError noRecorder) {
            return new Absent(Messages.noRecorder("module jdk.jfr is missing"));
        }
    }

    /** That of a JVM without a Flight Recorder. */
    record Absent(String absence) implements Trace {}

    /** Why there are no probes, as an operator should read it; empty if there are. */
    default String absence() {
        return "";
    }

    /** From now on that is run whenever {@link #wants} may have changed; it may already have. */
    default void follow(Runnable changed) {}

    /** Whether a probe of a type of that name is on. */
    default boolean wants(String type) {
        return false;
    }

    /** A block was handed out. */
    default void malloc(Operation operation) {}

    /** A block was taken back. */
    default void free(Operation operation) {}

    /**
     * What happened to a block.
     *
     * @param requested bytes asked for, or {@link #UNKNOWN}
     * @param accounted bytes that it counts as
     * @param classIndex its size class, or {@link #NO_CLASS}
     * @param address 0 if another allocator has it
     */
    record Operation(String type, String bundle, long requested, long accounted, int classIndex, long address) {}

    /** A type was registered. */
    default void typeRegister(String type, String bundle, String description) {}

    /** A type was unregistered; so many blocks were ever handed out and taken back. */
    default void typeUnregister(String type, String bundle, long allocations, long frees) {}

    /** It had blocks in use. */
    default void leakOnDestroy(String type, String bundle, long allocations, long bytes) {}

    /** Something touched a hole. */
    default void memGuardHit(String kind, String type, String bundle, long address, String message) {}

    /**
     * Memory was written to beside or after a block.
     *
     * @param offset of the first wrong byte from the address
     */
    default void redZoneCorruption(
            String kind, String type, String bundle, long address, long offset, long bytes, String message) {}

    /** A bundle earned a panic. */
    default void panic(String bundle, String message) {}

    /** The kernel has stopped: it tells nothing any more, and nothing of the JDK holds it. */
    default void close() {}
}
