/** Tests that each workload does its work and gives everything back. */
@NullMarked
package malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
