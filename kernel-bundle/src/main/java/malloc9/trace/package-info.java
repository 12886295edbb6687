/**
 * Layer 6, trace: probes and rare events as the JDK's Flight Recorder has them, where there is one (dtmalloc).
 *
 * <p>Knows names, sizes and addresses; nothing of memory types. May import the layers below it, and imports none.
 */
@NullMarked
package malloc9.trace;

import org.jspecify.annotations.NullMarked;
