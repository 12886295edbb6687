/**
 * The operator's commands: FreeBSD's words as Gogo functions of scope {@code malloc9}, one class each.
 *
 * <p>A command returns an object, never prints: {@link malloc9.shell.view} formats it for the prompt, for pipes and
 * for {@link malloc9.shell.batch}. {@link malloc9.shell.LoadFolder} loads and unloads without being asked. What a command refuses it says in {@link malloc9.shell.CommandFailed}. Imports
 * {@code malloc9.api}, {@code malloc9.api.runtime}, memstat, {@code malloc9.shell.view}, {@code malloc9.shell.manual},
 * {@code malloc9.shell.prompt}, the framework and Gogo's API.
 */
@NullMarked
package malloc9.shell;

import org.jspecify.annotations.NullMarked;
