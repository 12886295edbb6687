/**
 * Misuse by chance: addresses and descriptors that nobody in his right mind would hand to the kernel, and what it says to them.
 *
 * <p>Imports the kernel and its API.
 */
@NullMarked
package malloc9.stress.misuse;

import org.jspecify.annotations.NullMarked;
