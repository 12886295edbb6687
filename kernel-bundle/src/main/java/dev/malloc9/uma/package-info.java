/**
 * Layer 4, the universal memory allocator: zones of items of equal size, over kegs of slabs, behind per-CPU caches that are filled by
 * buckets.
 *
 * <p>All metadata is outside the allocated memory, in Java arrays and in the tags behind the kernel map. A stray write into a block
 * therefore never damages the allocator. An item is an {@code int}, the index of its first granule of 16 bytes in the kernel map; outside
 * the kernel it is an address. The package may import {@link dev.malloc9.sysctl}, {@link dev.malloc9.vm} and {@link dev.malloc9.pcpu}. Of
 * the API it may import the knobs, the flags and the error of a refused item.
 */
@NullMarked
package dev.malloc9.uma;

import org.jspecify.annotations.NullMarked;
