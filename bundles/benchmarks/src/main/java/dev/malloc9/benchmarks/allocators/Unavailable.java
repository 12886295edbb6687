package dev.malloc9.benchmarks.allocators;

/** The exception for an allocator or a system feature that this machine does not have, or for a workload that an allocator cannot run. */
public final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the reason
     */
    public Unavailable(String message) {
        super(message);
    }
}
