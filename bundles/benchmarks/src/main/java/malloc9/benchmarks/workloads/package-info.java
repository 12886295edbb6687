/**
 * What the allocators are asked to do, and how it is measured in one JVM. May import {@code allocators}.
 *
 * <p>A loop is written twice: an address in a {@code long[]} and a block in an {@code Object[]} are what a user would
 * write, and C2 sees either without boxes. Sizes that a user would write as constants are constants: a JVM loads one leaf
 * class of a loop, which C2 inlines.
 */
@NullMarked
package malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
