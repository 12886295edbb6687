/**
 * Layer 5, MemGuard: blocks of chosen types, sizes or at random, each in pages of its own between holes, which it becomes itself when
 * it is freed, so that a touch beyond it or after it is an exception.
 *
 * <p>May import {@link malloc9.sysctl}, {@link malloc9.vm}, {@link malloc9.pcpu}, {@link malloc9.uma}, and of the API knobs and what is
 * said of a hit.
 */
@NullMarked
package malloc9.debug.memguard;

import org.jspecify.annotations.NullMarked;
