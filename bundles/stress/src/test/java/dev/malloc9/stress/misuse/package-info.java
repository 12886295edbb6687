/** Smoke tests of the misuse stress: a small number of random misuses. */
@NullMarked
package dev.malloc9.stress.misuse;

import org.jspecify.annotations.NullMarked;
