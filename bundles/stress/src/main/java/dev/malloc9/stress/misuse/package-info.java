/**
 * Random misuse: addresses and descriptors that no correct program passes to the kernel, and the kernel's refusals.
 *
 * <p>Imports the kernel and its API.
 */
@NullMarked
package dev.malloc9.stress.misuse;

import org.jspecify.annotations.NullMarked;
