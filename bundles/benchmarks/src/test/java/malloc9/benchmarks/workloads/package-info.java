/** Tests that each workload does its work and frees all its blocks. */
@NullMarked
package malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
