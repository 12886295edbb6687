/**
 * Layer 4, the universal memory allocator: zones of equal items, over kegs of slabs, behind per-CPU bucket caches.
 *
 * <p>All metadata is out of band, in Java arrays: a wild write into a block never derails the allocator. An item is an
 * {@code int}, the index of its first granule of 16 bytes in the kernel map; outside the kernel it is an address. May
 * import {@link malloc9.sysctl}, {@link malloc9.vm} and {@link malloc9.pcpu}, and of the API knobs, flags and the error of a refused item.
 */
@NullMarked
package malloc9.uma;

import org.jspecify.annotations.NullMarked;
