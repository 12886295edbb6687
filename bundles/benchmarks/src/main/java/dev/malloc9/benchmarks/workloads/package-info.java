/**
 * The workloads, and their measurement in one JVM. May import {@code allocators}.
 *
 * <p>Each loop that allocates exists twice: for addresses, which it stores in a {@code long[]}, and for objects, which it stores in an
 * {@code Object[]}. That is the code that a user would write, and C2 compiles either without boxes. Sizes that a user would write as
 * constants are constants: a JVM loads one leaf class of a loop, which C2 inlines.
 */
@NullMarked
package dev.malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
