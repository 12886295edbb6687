/**
 * The interactive prompt: completion, greeting, interrupts, live screen, pager, and text that is printed above the prompt.
 *
 * <p>Imports {@code dev.malloc9.shell.manual}, {@code dev.malloc9.shell.output}, the framework, Gogo's API and runtime, and the terminal
 * library if there is one.
 */
@NullMarked
package dev.malloc9.shell.prompt;

import org.jspecify.annotations.NullMarked;
