package malloc9.shell.prompt;

import java.io.ByteArrayInputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import malloc9.shell.manual.Commands;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jline.builtins.Less;
import org.jline.builtins.Source;
import org.jline.reader.LineReader;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/**
 * The line editor of a session at a terminal, jline's.
 *
 * <p>Apart from {@link Login}, so that a system without jline can look at that service and find it harmless.
 */
final class LineEditor {

    /** The session's variable with its editor. A constant: reading the variable does not load this class, which needs jline. */
    static final String EDITOR = ".malloc9.editor";

    private final LineReaderImpl reader;
    private final CommandSession session;

    /** News that came while the screen belonged to a command; null while it belongs to the prompt. Guarded by this. */
    private @Nullable List<String> held;

    /** @param reader the session's, which is at a terminal */
    LineEditor(Object reader, CommandSession session) {
        this.reader = (LineReaderImpl) reader;
        this.session = session;
        session.put(EDITOR, this);
    }

    /** Whether somebody can edit lines there: with a pipe there is a reader too, on a terminal that is dumb. */
    static boolean isTerminal(Object reader) {
        return reader instanceof LineReaderImpl editor
                && !editor.getTerminal().getType().startsWith(Terminal.TYPE_DUMB);
    }

    /** Makes the session keep its terminal when a command is interrupted. Returns the listener that runs its lines. */
    static CommandSessionListener guard(Object reader, CommandSession session) {
        Terminal terminal = ((LineReader) reader).getTerminal();
        LineRunner runner = new LineRunner(session, terminal);
        SessionChannels.connect(session, terminal, runner::isInterrupted);
        return runner;
    }

    void keepHistoryIn(Path file) {
        session.put(LineReader.HISTORY_FILE, file);
    }

    void complete(Commands commands) {
        reader.setCompleter(new Completion(commands, session, reader.getCompleter()));
    }

    /** Gives the screen to a command that draws on it, until that closes it. */
    Screen openScreen() {
        holdNews();
        return new LiveScreen(reader.getTerminal(), this::printHeldNews);
    }

    /** Returns whether the lines fit on the screen together with the next prompt. */
    boolean hasRoomFor(List<String> lines) {
        return reader.getTerminal().getHeight() <= 0
                || lines.size() < reader.getTerminal().getHeight();
    }

    /** Shows the lines in jline's pager until the operator leaves it. */
    void page(String title, List<String> lines) {
        byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        holdNews();
        try {
            new Less(reader.getTerminal(), session.currentDir())
                    .run(new Source.InputStreamSource(new ByteArrayInputStream(text), true, title));
        } catch (InterruptedException e) {
            // Ctrl-C leaves the pager, as q does.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IOError e) {
            if (!(e.getCause() instanceof InterruptedIOException)) {
                throw e;
            }
        } finally {
            printHeldNews();
        }
    }

    /** Prints a text above the prompt, or after the command that has the screen. */
    void printAbove(String text) {
        synchronized (this) {
            if (held != null) {
                held.add(text);
                return;
            }
        }
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

    private synchronized void holdNews() {
        held = new ArrayList<>();
    }

    private void printHeldNews() {
        List<String> news;
        synchronized (this) {
            news = held == null ? List.of() : held;
            held = null;
        }
        news.forEach(reader::printAbove);
    }
}
