/**
 * Layer 5, debug: what is kept of a block that is watched closely, and how damage to it is found: red zones, trash; the sites of blocks.
 *
 * <p>Knows addresses, sizes and slabs, and names as strings; nothing of memory types. May import {@link malloc9.sysctl},
 * {@link malloc9.vm}, {@link malloc9.pcpu} and {@link malloc9.uma}, and the API.
 */
@NullMarked
package malloc9.debug;

import org.jspecify.annotations.NullMarked;
