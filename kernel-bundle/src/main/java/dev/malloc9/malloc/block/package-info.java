/** The items and page runs of the kernel map, as the slow path allocates, tags, counts and frees them. */
@NullMarked
package dev.malloc9.malloc.block;

import org.jspecify.annotations.NullMarked;
