/**
 * The stress of the allocator with a shadow. Threads that start and end pass blocks to each other, modules are loaded and unloaded, and
 * caches are reclaimed. A shadow of the kernel map records the ranges of all allocated blocks except those of the transient module. May
 * import all of the kernel.
 */
@NullMarked
package dev.malloc9.stress;

import org.jspecify.annotations.NullMarked;
