/** Accesses that miss guarded blocks: by segment and by address, one thread or many. */
@NullMarked
package malloc9.stress.guard;

import org.jspecify.annotations.NullMarked;
