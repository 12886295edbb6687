/**
 * The interactive prompt: what completes there, what greets there, and how others print without disturbing it.
 *
 * <p>Imports {@code malloc9.shell.manual}, Gogo's API and, where there is one, the terminal library.
 */
@NullMarked
package malloc9.shell.prompt;

import org.jspecify.annotations.NullMarked;
