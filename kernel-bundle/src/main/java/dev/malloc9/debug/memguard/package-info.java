/**
 * Layer 5, MemGuard: an allocator for blocks of chosen types, of chosen sizes, or chosen at random. Each block has pages of its own, by
 * default between holes, and becomes a hole when it is freed. An access that reaches a hole raises an exception.
 *
 * <p>May import {@link dev.malloc9.debug}, {@link dev.malloc9.sysctl}, {@link dev.malloc9.vm}, {@link dev.malloc9.pcpu},
 * {@link dev.malloc9.uma}, and parts of the API: the knobs, the error types and the descriptions of modules, hits and damage.
 */
@NullMarked
package dev.malloc9.debug.memguard;

import org.jspecify.annotations.NullMarked;
