/** Misuse by chance, a little of it. */
@NullMarked
package malloc9.stress.misuse;

import org.jspecify.annotations.NullMarked;
