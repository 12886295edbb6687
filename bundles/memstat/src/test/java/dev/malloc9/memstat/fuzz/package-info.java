/** Tests that feed the reader random and damaged streams. */
@NullMarked
package dev.malloc9.memstat.fuzz;

import org.jspecify.annotations.NullMarked;
