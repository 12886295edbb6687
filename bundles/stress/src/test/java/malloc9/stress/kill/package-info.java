/** A few kills: whether the loop of them works. */
@NullMarked
package malloc9.stress.kill;

import org.jspecify.annotations.NullMarked;
