/** Memory types, their owners, and the policies of types that take the slow path. */
@NullMarked
package dev.malloc9.malloc.type;

import org.jspecify.annotations.NullMarked;
