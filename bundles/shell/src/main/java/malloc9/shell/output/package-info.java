/**
 * The output of a command: where its pipe or redirection leads, and what happens if it cannot be written.
 *
 * <p>Imports Gogo's API.
 */
@NullMarked
package malloc9.shell.output;

import org.jspecify.annotations.NullMarked;
