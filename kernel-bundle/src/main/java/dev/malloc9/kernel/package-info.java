/**
 * Layer 9, the composition root: boots the kernel, in a framework or without one, and reports its events.
 *
 * <p>May import every other layer.
 */
@NullMarked
package dev.malloc9.kernel;

import org.jspecify.annotations.NullMarked;
