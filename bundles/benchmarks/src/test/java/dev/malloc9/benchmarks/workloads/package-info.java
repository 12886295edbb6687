/** Tests that each workload does its work and frees all its blocks. */
@NullMarked
package dev.malloc9.benchmarks.workloads;

import org.jspecify.annotations.NullMarked;
