/**
 * Layer 7, malloc(9): size classes, memory types, their statistics, malloc, free and realloc, and the zones of drivers.
 *
 * <p>May import {@link malloc9.sysctl}, {@link malloc9.vm}, {@link malloc9.pcpu}, {@link malloc9.uma}, {@link malloc9.debug},
 * {@link malloc9.trace} and the API.
 */
@NullMarked
package malloc9.malloc;

import org.jspecify.annotations.NullMarked;
