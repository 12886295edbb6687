package dev.malloc9.api;

/**
 * The error of a request with an invalid argument: a negative or impossible size, a null type, another kernel's type, unknown flags, or a
 * name that is not registered. Nothing was changed, except that
 * {@link Malloc#reallocf(java.lang.foreign.MemorySegment, long, MallocType, int) reallocf} frees the old block if the size is refused.
 */
public final class InvalidRequest extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for an invalid argument.
     *
     * @param message the text, which names the argument and its value
     */
    public InvalidRequest(String message) {
        super(message);
    }
}
