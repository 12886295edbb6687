/**
 * Layer 3, per-CPU slots: finds the slot of the calling thread, and holds data that one thread at a time writes.
 *
 * <p>A "CPU" is a unit that runs one thread at a time: a platform thread, or the carrier of virtual threads. The package may import {@link
 * dev.malloc9.sysctl} and {@link dev.malloc9.vm}.
 */
@NullMarked
package dev.malloc9.pcpu;

import org.jspecify.annotations.NullMarked;
