/** Zones of drivers. */
@NullMarked
package malloc9.malloc.zone;

import org.jspecify.annotations.NullMarked;
