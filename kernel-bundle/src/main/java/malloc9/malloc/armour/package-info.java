/** Red zones, quarantine and MemGuard around a block. */
@NullMarked
package malloc9.malloc.armour;

import org.jspecify.annotations.NullMarked;
