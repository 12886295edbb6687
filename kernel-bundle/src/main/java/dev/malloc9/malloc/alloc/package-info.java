/** The implementation of malloc(9): the fast path, the slow path, and the services that use them. */
@NullMarked
package dev.malloc9.malloc.alloc;

import org.jspecify.annotations.NullMarked;
