/** Random and damaged streams against the reader. */
@NullMarked
package malloc9.memstat.fuzz;

import org.jspecify.annotations.NullMarked;
