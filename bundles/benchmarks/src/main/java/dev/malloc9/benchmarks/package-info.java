/**
 * Measures malloc9 against other allocators: fresh processes take turns and measure. Most repeat a workload in short slices of CPU time or
 * wall time, and report medians.
 *
 * <p>{@link dev.malloc9.benchmarks.Benchmarks} starts a process for each workload, contender and round. {@link dev.malloc9.benchmarks.Fork}
 * is the main class of a process that is a JVM. May import all of malloc9.
 */
@NullMarked
package dev.malloc9.benchmarks;

import org.jspecify.annotations.NullMarked;
