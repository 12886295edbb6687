/**
 * Measures malloc9 against other allocators: fresh processes by turns, thread CPU time in short slices, medians.
 *
 * <p>{@link malloc9.benchmarks.Benchmarks} starts a process for each sample, {@link malloc9.benchmarks.Fork} is what runs
 * in it where it is a JVM. May import all of malloc9.
 */
@NullMarked
package malloc9.benchmarks;

import org.jspecify.annotations.NullMarked;
