/** Items and page runs of the kernel map: allocated, tagged, counted and freed by the slow path. */
@NullMarked
package malloc9.malloc.block;

import org.jspecify.annotations.NullMarked;
