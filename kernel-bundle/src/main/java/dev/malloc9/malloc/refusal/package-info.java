/** The look-up of an address, and the errors of refused frees. */
@NullMarked
package dev.malloc9.malloc.refusal;

import org.jspecify.annotations.NullMarked;
