/** Smoke tests of the kill stress: a few processes that are killed. */
@NullMarked
package dev.malloc9.stress.kill;

import org.jspecify.annotations.NullMarked;
