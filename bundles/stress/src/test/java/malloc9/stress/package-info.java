/** Tests of the stress programs, and their smoke tests. */
@NullMarked
package malloc9.stress;

import org.jspecify.annotations.NullMarked;
