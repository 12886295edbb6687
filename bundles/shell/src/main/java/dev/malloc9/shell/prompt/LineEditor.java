package dev.malloc9.shell.prompt;

import dev.malloc9.shell.manual.Commands;
import java.io.ByteArrayInputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * The line editor of a session at a terminal; it uses jline.
 *
 * <p>The class is separate from {@link Login}, so that a system without jline can inspect that service without a failure.
 */
final class LineEditor {

    /** The session's variable that holds its editor. As a constant, the name is used without loading this class, which needs jline. */
    static final String EDITOR = ".malloc9.editor";

    private final LineReaderImpl reader;
    private final CommandSession session;

    /** The texts that were printed while a command had the screen; null while the prompt has the screen. Guarded by {@code this}. */
    private @Nullable List<String> held;

    /**
     * Creates the editor, and stores it in the session's variable {@link #EDITOR}.
     *
     * @param reader the session's line reader, which is at a terminal
     */
    LineEditor(Object reader, CommandSession session) {
        this.reader = (LineReaderImpl) reader;
        this.session = session;
        session.put(EDITOR, this);
    }

    /** Returns whether lines can be edited at the reader. A session at a pipe has a reader too, on a dumb terminal. */
    static boolean isTerminal(Object reader) {
        return reader instanceof LineReaderImpl editor
                && !editor.getTerminal().getType().startsWith(Terminal.TYPE_DUMB);
    }

    /**
     * Connects the session to its terminal so that an interrupted command does not close the terminal. Returns the listener that runs the
     * session's lines; the caller registers it.
     */
    static CommandSessionListener guard(Object reader, CommandSession session) {
        Terminal terminal = ((LineReader) reader).getTerminal();
        LineRunner runner = new LineRunner(session, terminal);
        SessionChannels.connect(session, terminal, runner::isInterrupted);
        return runner;
    }

    void keepHistoryIn(Path file) {
        session.put(LineReader.HISTORY_FILE, file);
    }

    /** Replaces the reader's completer by one that completes these commands, and asks the former one for the others. */
    void complete(Commands commands) {
        reader.setCompleter(new Completion(commands, session, reader.getCompleter()));
    }

    /**
     * Opens a screen for a command that draws on the terminal. Texts above the prompt are held back until the command closes the screen.
     */
    Screen openScreen() {
        holdNews();
        return new LiveScreen(reader.getTerminal(), this::printHeldNews);
    }

    /**
     * Returns whether the lines fit on the screen together with the next prompt; true if the height of the terminal is unknown. Each line
     * counts as one row.
     */
    boolean hasRoomFor(List<String> lines) {
        return reader.getTerminal().getHeight() <= 0
                || lines.size() < reader.getTerminal().getHeight();
    }

    /**
     * Shows the lines in jline's pager until the operator leaves it. Texts above the prompt are held back meanwhile.
     *
     * @throws UncheckedIOException if the pager fails with an {@link IOException}
     */
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

    /** Prints a text above the prompt. While a command has the screen, the text is printed after that command. */
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
