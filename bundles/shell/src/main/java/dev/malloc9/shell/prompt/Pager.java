package dev.malloc9.shell.prompt;

import java.util.List;
import org.apache.felix.service.command.CommandSession;

/** Shows a long text screen by screen. */
public final class Pager {

    private Pager() {}

    /**
     * Shows the lines in a pager, and returns when the operator has left it.
     *
     * @return false if nothing was shown, and the caller prints the lines. The session then has no terminal, the lines fit on it, or the
     *     command does not write to the session's own output.
     */
    public static boolean show(CommandSession session, String title, List<String> lines) {
        LineEditor editor = Screen.isDirect() ? (LineEditor) session.get(LineEditor.EDITOR) : null;
        if (editor == null || editor.hasRoomFor(lines)) {
            return false;
        }
        editor.page(title, lines);
        return true;
    }
}
