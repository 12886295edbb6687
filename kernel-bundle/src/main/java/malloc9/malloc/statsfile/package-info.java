/**
 * A part of layer 7: the file in which the statistics of types outlive their process.
 *
 * <p>This package may import {@link malloc9.sysctl} and {@link malloc9.vm}.
 */
@NullMarked
package malloc9.malloc.statsfile;

import org.jspecify.annotations.NullMarked;
