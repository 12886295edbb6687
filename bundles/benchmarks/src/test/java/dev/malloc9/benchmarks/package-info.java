/** Tests of the benchmark harness, not of the speed of the allocators. */
@NullMarked
package dev.malloc9.benchmarks;

import org.jspecify.annotations.NullMarked;
