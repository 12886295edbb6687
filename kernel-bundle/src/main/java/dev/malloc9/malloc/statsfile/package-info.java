/**
 * A part of layer 7: the file in which the statistics of types outlive their process.
 *
 * <p>This package may import {@link dev.malloc9.sysctl} and {@link dev.malloc9.vm}.
 */
@NullMarked
package dev.malloc9.malloc.statsfile;

import org.jspecify.annotations.NullMarked;
