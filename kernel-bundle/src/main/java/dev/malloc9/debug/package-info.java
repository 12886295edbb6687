/**
 * Layer 5, debug: the records and call sites of blocks with red zones or guards, and the detection of damage to them by red zones and
 * trash.
 *
 * <p>Works with addresses, sizes and slabs, and with names as strings; it has no knowledge of memory types. May import
 * {@link dev.malloc9.sysctl}, {@link dev.malloc9.vm}, {@link dev.malloc9.pcpu} and {@link dev.malloc9.uma}, and the API.
 */
@NullMarked
package dev.malloc9.debug;

import org.jspecify.annotations.NullMarked;
