/** Tests of the library. The streams are written byte by byte in the format of the specification. */
@NullMarked
package dev.malloc9.memstat;

import org.jspecify.annotations.NullMarked;
