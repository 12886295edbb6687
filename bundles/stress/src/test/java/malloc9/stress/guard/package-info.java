/** A few misses: whether the loop of them works. */
@NullMarked
package malloc9.stress.guard;

import org.jspecify.annotations.NullMarked;
