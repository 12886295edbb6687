/** The checks around a block: red zones, the quarantine of freed blocks, and MemGuard. */
@NullMarked
package dev.malloc9.malloc.armour;

import org.jspecify.annotations.NullMarked;
