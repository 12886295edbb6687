/** Tests of the stress programs, and their smoke tests. */
@NullMarked
package dev.malloc9.stress;

import org.jspecify.annotations.NullMarked;
