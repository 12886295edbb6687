/**
 * Layer 6, trace: probes and rare events as events of the JDK's Flight Recorder, if the JVM has one (dtmalloc).
 *
 * <p>Works with names, sizes and addresses; it has no knowledge of memory types. May import the layers below it; of these it imports only
 * {@link dev.malloc9.vm}.
 */
@NullMarked
package dev.malloc9.trace;

import org.jspecify.annotations.NullMarked;
