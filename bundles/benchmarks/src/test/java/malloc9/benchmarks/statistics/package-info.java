/** Tests that each way of counting counts. */
@NullMarked
package malloc9.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
