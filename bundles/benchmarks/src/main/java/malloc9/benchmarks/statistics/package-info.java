/**
 * The ablation of FreeBSD's commit 7035f9f56a (2005-05-29), which replaced one mutex a type by statistics per CPU: what
 * counting alone costs, each way. This is code of the benchmark, not the kernel's. May import {@code allocators}.
 */
@NullMarked
package malloc9.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
