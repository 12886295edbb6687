/**
 * The workloads, and their measurement in one JVM. May import {@code allocators}.
 *
 * <p>Each loop exists twice: for addresses in a {@code long[]} and for blocks in an {@code Object[]}. That is the code that a user would
 * write, and C2 compiles either without boxes. Sizes that a user would write as constants are constants: a JVM loads one leaf class of a
 * loop, which C2 inlines.
 */
@NullMarked
package dev.malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
