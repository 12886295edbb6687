/** Tests that the counters of each accounting method are exact. */
@NullMarked
package dev.malloc9.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
