/** Kills a JVM under load again and again, and compares its statistics file with the operations that it had really done. */
@NullMarked
package dev.malloc9.stress.kill;

import org.jspecify.annotations.NullMarked;
