/** The program memstat, which prints saved statistics streams. Imports {@code malloc9.memstat}, its views and picocli. Exports nothing. */
@NullMarked
package malloc9.memstat.command;

import org.jspecify.annotations.NullMarked;
