package malloc9.benchmarks.allocators;

/** An allocator that is not there on this machine. */
public final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what is missing. */
    public Unavailable(String message) {
        super(message);
    }
}
