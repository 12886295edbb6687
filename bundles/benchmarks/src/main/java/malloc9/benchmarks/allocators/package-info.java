/** The allocators that are measured, each with the settings that suit it best. */
@NullMarked
package malloc9.benchmarks.allocators;

import org.jspecify.annotations.NullMarked;
