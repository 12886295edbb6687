/**
 * The operator's commands as Gogo functions of scope {@code malloc9}, one class each. Many of them are FreeBSD's commands.
 *
 * <p>A command is a {@link dev.malloc9.shell.ShellCommand}. Its {@link dev.malloc9.shell.Syntax} parses the words of a call, {@link
 * dev.malloc9.shell.view} formats the result, and {@link dev.malloc9.shell.output} prints it. A {@link dev.malloc9.shell.CommandFailed} is
 * a refusal with its reason. {@link dev.malloc9.shell.LoadFolder} loads and unloads modules without a command.
 *
 * <p>Imports the API ({@code dev.malloc9.api}, {@code runtime}, {@code sysctl}), memstat, the framework, the API of Gogo and of File
 * Install, and picocli, which is inside the bundle. Of the shell it imports {@code kld}, {@code view}, {@code manual}, {@code output} and
 * {@code prompt}.
 */
@NullMarked
package dev.malloc9.shell;

import org.jspecify.annotations.NullMarked;
