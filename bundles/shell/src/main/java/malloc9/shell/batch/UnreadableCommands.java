package malloc9.shell.batch;

import java.io.Serial;
import malloc9.memstat.view.Printable;

/** A text of commands that cannot be read. The message is one line that names the file. */
final class UnreadableCommands extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    UnreadableCommands(String message) {
        super(Printable.line(message));
    }
}
