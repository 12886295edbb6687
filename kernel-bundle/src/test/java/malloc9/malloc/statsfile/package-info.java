/** The statistics file: its bytes, its crash points, what is refused, and that it says what the kernel says. */
@NullMarked
package malloc9.malloc.statsfile;

import org.jspecify.annotations.NullMarked;
