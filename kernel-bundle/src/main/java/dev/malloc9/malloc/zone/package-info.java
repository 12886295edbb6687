/** The zones of drivers (uma(9)): their creation, the fast and the slow path of their items, their callbacks and limits, and their end. */
@NullMarked
package dev.malloc9.malloc.zone;

import org.jspecify.annotations.NullMarked;
