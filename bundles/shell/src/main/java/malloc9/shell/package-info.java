/**
 * The operator's commands: FreeBSD's commands as Gogo functions of scope {@code malloc9}, one class each.
 *
 * <p>A command is a {@link malloc9.shell.ShellCommand}. Its {@link malloc9.shell.Syntax} parses the words of a call,
 * {@link malloc9.shell.view} formats the result, and {@link malloc9.shell.output} prints it. A {@link malloc9.shell.CommandFailed} is a
 * refusal with its reason.
 * {@link malloc9.shell.LoadFolder} loads and unloads modules without a command.
 *
 * <p>Imports {@code malloc9.api}, {@code malloc9.api.runtime}, {@code malloc9.api.sysctl}, memstat, {@code malloc9.shell.kld},
 * {@code malloc9.shell.view}, {@code malloc9.shell.manual}, {@code malloc9.shell.output}, {@code malloc9.shell.prompt}, the framework,
 * Gogo's API and picocli, which is inside the bundle.
 */
@NullMarked
package malloc9.shell;

import org.jspecify.annotations.NullMarked;
