package dev.malloc9.api.runtime;

import java.time.Duration;

/**
 * The allocation or the free of a block.
 *
 * @param ago the time since the event
 * @param thread the name of the thread; empty for an unnamed thread
 * @param site the call stack; {@link CallStack#NONE} if it was not captured
 */
public record BlockEvent(Duration ago, String thread, CallStack site) {}
