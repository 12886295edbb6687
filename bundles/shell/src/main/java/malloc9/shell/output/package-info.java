/**
 * The output of a command: where its pipe or redirection leads, and what happens if it cannot be written.
 *
 * <p>Imports memstat's view, Gogo's API and, for its grammar, Gogo's own parser.
 */
@NullMarked
package malloc9.shell.output;

import org.jspecify.annotations.NullMarked;
