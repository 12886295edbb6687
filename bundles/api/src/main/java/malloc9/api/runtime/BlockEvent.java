package malloc9.api.runtime;

import java.time.Duration;

/**
 * How a block was allocated, or freed.
 *
 * @param ago how long ago
 * @param thread the thread's name
 * @param site where
 */
public record BlockEvent(Duration ago, String thread, CallStack site) {}
