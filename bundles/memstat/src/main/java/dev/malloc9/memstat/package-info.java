/**
 * libmemstat for Java: lists of memory types and zones with their statistics, read from a running kernel, a file or a stream.
 *
 * <p>The functions of libmemstat are methods here: {@code memstat_mtl_find} is {@link dev.malloc9.memstat.MemoryTypeList#find}, {@code
 * memstat_get_numallocs} is {@link dev.malloc9.memstat.MemoryType#numallocs()}. Counters are unsigned 64-bit numbers in a {@code long}.
 * The package does not depend on a kernel: a caller that has one provides {@link dev.malloc9.memstat.Knobs}. The package imports only
 * the JDK.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.memstat;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
