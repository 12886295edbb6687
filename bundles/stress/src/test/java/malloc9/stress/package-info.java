/** Tests of the stress, and its smoke form. */
@NullMarked
package malloc9.stress;

import org.jspecify.annotations.NullMarked;
