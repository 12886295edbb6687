/** Accesses that miss guarded blocks on purpose: by segment, slice, buffer and address, from one thread or from several. */
@NullMarked
package dev.malloc9.stress.guard;

import org.jspecify.annotations.NullMarked;
