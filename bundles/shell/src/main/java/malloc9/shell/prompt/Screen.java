package malloc9.shell.prompt;

import java.io.PrintStream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/** Where a command's output goes that shows one thing again and again: over the last one at a terminal, behind it in a pipe. */
public final class Screen {

    /** Standard output. */
    private static final int OUT = 1;

    private final @Nullable LineEditor terminal;

    /** Whether something was shown already. */
    private boolean used;

    private Screen(@Nullable LineEditor terminal) {
        this.terminal = terminal;
    }

    /** That of the command that asks. */
    public static Screen of(CommandSession session) {
        Object reader = session.get(Login.READER);
        boolean direct = Process.Utils.current() != null && Process.Utils.current().isTty(OUT);
        return new Screen(
                direct && reader != null && LineEditor.isTerminal(reader) ? new LineEditor(reader, session) : null);
    }

    /** Lines that there is room for. */
    public int rows() {
        return terminal == null ? Integer.MAX_VALUE : terminal.rows();
    }

    /**
     * Shows a text.
     *
     * @param apart whether a blank line comes between two that do not take each other's place
     */
    public void show(String text, boolean apart) {
        PrintStream out = System.out;
        if (terminal != null) {
            terminal.clear();
        } else if (used && apart) {
            out.println();
        }
        out.println(text);
        out.flush();
        used = true;
    }
}
