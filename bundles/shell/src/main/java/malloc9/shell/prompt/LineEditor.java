package malloc9.shell.prompt;

import java.nio.file.Path;
import java.util.List;
import malloc9.shell.manual.Commands;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.LineReader;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.InfoCmp;

/**
 * The line editor of a session at a terminal, jline's.
 *
 * <p>Apart from {@link Login}, so that a system without jline can look at that service and find it harmless.
 */
final class LineEditor {

    private final LineReaderImpl reader;
    private final CommandSession session;

    /** @param reader the session's, which is at a terminal */
    LineEditor(Object reader, CommandSession session) {
        this.reader = (LineReaderImpl) reader;
        this.session = session;
    }

    /** Whether somebody can edit lines there: with a pipe there is a reader too, on a terminal that is dumb. */
    static boolean isTerminal(Object reader) {
        return reader instanceof LineReaderImpl editor
                && !editor.getTerminal().getType().startsWith(Terminal.TYPE_DUMB);
    }

    void keepHistoryIn(Path file) {
        session.put(LineReader.HISTORY_FILE, file);
    }

    void complete(Commands commands) {
        reader.setCompleter(new Completion(commands, session, reader.getCompleter()));
    }

    /** Lines of the terminal. */
    int rows() {
        int rows = reader.getTerminal().getHeight();
        return rows > 0 ? rows : Integer.MAX_VALUE;
    }

    /** An empty terminal. */
    void clear() {
        Terminal terminal = reader.getTerminal();
        terminal.puts(InfoCmp.Capability.clear_screen);
        terminal.flush();
    }

    void printAbove(String text) {
        reader.printAbove(text);
    }

    /** Prints the lines, the first one bold. */
    void greet(List<String> lines) {
        Terminal terminal = reader.getTerminal();
        terminal.writer()
                .println(new AttributedString(lines.getFirst(), AttributedStyle.DEFAULT.bold()).toAnsi(terminal));
        lines.stream().skip(1).forEach(terminal.writer()::println);
        terminal.flush();
    }
}
