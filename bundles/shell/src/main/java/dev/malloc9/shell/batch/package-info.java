/**
 * The batch mode: runs a text of commands once the framework has started, and ends the process with an exit code.
 *
 * <p>Imports {@code dev.malloc9.shell.prompt}, {@code dev.malloc9.shell.output}, memstat's view, the framework, Gogo's API and, for its
 * grammar, Gogo's own parser.
 */
@NullMarked
package dev.malloc9.shell.batch;

import org.jspecify.annotations.NullMarked;
