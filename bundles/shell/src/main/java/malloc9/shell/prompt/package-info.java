/**
 * The interactive prompt: its completion, greeting, interrupts, live screen and pager, and news that is printed above it.
 *
 * <p>Imports {@code malloc9.shell.manual}, Gogo's API and runtime and, where there is one, the terminal library.
 */
@NullMarked
package malloc9.shell.prompt;

import org.jspecify.annotations.NullMarked;
