/**
 * libmemstat for Java: lists of memory types and zones with their statistics, read from a running kernel, a file or a stream.
 *
 * <p>A program that knows libmemstat finds its functions as methods: {@code memstat_mtl_find} is
 * {@link malloc9.memstat.MemoryTypeList#find}, {@code memstat_get_numallocs} is
 * {@link malloc9.memstat.MemoryType#numallocs()}. Counters are unsigned 64-bit numbers in a {@code long}. Nothing here knows
 * a kernel: who has one gives a {@link malloc9.memstat.Knobs}. Imports the JDK only.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.memstat;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
