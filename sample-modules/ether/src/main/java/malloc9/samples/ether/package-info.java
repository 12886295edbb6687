/** The driver {@code ether}: a capture file, a receive ring of malloc9 blocks, counters. Imports {@link malloc9.api}. */
@NullMarked
package malloc9.samples.ether;

import org.jspecify.annotations.NullMarked;
