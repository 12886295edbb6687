/**
 * Measures malloc9 against other allocators: fresh JVMs by turns, thread CPU time in short slices, medians.
 *
 * <p>{@link malloc9.benchmarks.Benchmarks} starts a JVM for each figure, {@link malloc9.benchmarks.Fork} is what runs in
 * it. May import all of malloc9.
 */
@NullMarked
package malloc9.benchmarks;

import org.jspecify.annotations.NullMarked;
