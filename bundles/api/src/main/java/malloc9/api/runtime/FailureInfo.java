package malloc9.api.runtime;

/**
 * The failures that a kernel, a bundle or a type is made to have (MALLOC_MAKE_FAILURES).
 *
 * @param rate every how many requests with {@code M_NOWAIT} one fails; 0 for none
 * @param nowaitCount requests with {@code M_NOWAIT} while the rate was not 0
 * @param failureCount those of them that were made to fail (debug.malloc.failure_count)
 */
public record FailureInfo(int rate, long nowaitCount, long failureCount) {}
