/** Tests that feed the reader random and damaged streams. */
@NullMarked
package malloc9.memstat.fuzz;

import org.jspecify.annotations.NullMarked;
