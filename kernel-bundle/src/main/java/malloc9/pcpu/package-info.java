/**
 * Layer 3, per-CPU slots: who am I, and counters that only their owner writes.
 *
 * <p>A "CPU" is what runs one thing at a time: a platform thread, or the carrier of virtual threads. May import
 * {@link malloc9.sysctl} and {@link malloc9.vm}.
 */
@NullMarked
package malloc9.pcpu;

import org.jspecify.annotations.NullMarked;
