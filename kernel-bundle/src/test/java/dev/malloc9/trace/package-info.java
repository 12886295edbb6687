/** Tests of the probes. */
@NullMarked
package dev.malloc9.trace;

import org.jspecify.annotations.NullMarked;
