/** Kills a JVM under load, again and again, and compares what its statistics file says with what it had really done. */
@NullMarked
package malloc9.stress.kill;

import org.jspecify.annotations.NullMarked;
