/** Smoke tests of the guard stress: a few accesses that miss guarded blocks. */
@NullMarked
package dev.malloc9.stress.guard;

import org.jspecify.annotations.NullMarked;
