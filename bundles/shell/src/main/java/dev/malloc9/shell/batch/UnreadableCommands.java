package dev.malloc9.shell.batch;

import dev.malloc9.memstat.view.Printable;
import java.io.Serial;

/** The failure to read a text of commands. The message is one line that names the file or the standard input. */
final class UnreadableCommands extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableCommands(String message) {
        super(Printable.line(message));
    }
}
