/**
 * The ablation of FreeBSD's commit 7035f9f56a (2005-05-29), which replaced one mutex per type by statistics per CPU. Measures the cost of
 * counting alone, with each implementation of {@link dev.malloc9.benchmarks.statistics.Accounting}. The counters are code of the benchmark
 * and not of the kernel. May import {@code allocators}.
 */
@NullMarked
package dev.malloc9.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
