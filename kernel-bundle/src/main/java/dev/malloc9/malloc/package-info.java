/**
 * Layer 7, malloc(9): size classes, memory types, their statistics, malloc, free and realloc, and the zones of drivers.
 *
 * <p>May import {@link dev.malloc9.sysctl}, {@link dev.malloc9.vm}, {@link dev.malloc9.pcpu}, {@link dev.malloc9.uma}, {@link
 * dev.malloc9.debug}, {@link dev.malloc9.trace} and the API.
 */
@NullMarked
package dev.malloc9.malloc;

import org.jspecify.annotations.NullMarked;
