package dev.malloc9.api.runtime;

/**
 * The injected failures of a kernel, a bundle or a type (MALLOC_MAKE_FAILURES).
 *
 * @param rate the number of requests with {@code M_NOWAIT} of which one fails; 0 for none
 * @param nowaitCount the number of requests with {@code M_NOWAIT} that were counted while the rate was not 0; a request that another rate
 *     made fail before is not counted
 * @param failureCount the number of counted requests that were made to fail (debug.malloc.failure_count)
 */
public record FailureInfo(int rate, long nowaitCount, long failureCount) {}
