/**
 * The driver {@code ether}: a capture file, a receive ring of mbufs, and counters. Imports {@link malloc9.api} and {@code
 * malloc9.mbuf}.
 */
@NullMarked
package malloc9.samples.ether;

import org.jspecify.annotations.NullMarked;
