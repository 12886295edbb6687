/**
 * The output of a command: the destination of its pipe or redirection, the failure of a write to it, and results that Gogo does not print.
 *
 * <p>Imports memstat's view, Gogo's API and, for its grammar, Gogo's own parser.
 */
@NullMarked
package dev.malloc9.shell.output;

import org.jspecify.annotations.NullMarked;
