/** Tests of the harness, not of the allocators' speed. */
@NullMarked
package malloc9.benchmarks;

import org.jspecify.annotations.NullMarked;
