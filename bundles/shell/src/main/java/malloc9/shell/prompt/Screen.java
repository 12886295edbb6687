package malloc9.shell.prompt;

import java.time.Duration;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/** The output of a command that shows one text again and again: in place at a terminal, one after the other elsewhere. */
public interface Screen extends AutoCloseable {

    /**
     * Opens the screen of the command that runs on this thread.
     *
     * @param inPlace whether a text may take the place of the one before; false for text that a program reads
     */
    static Screen open(CommandSession session, boolean inPlace) {
        LineEditor editor = inPlace && isDirect() ? (LineEditor) session.get(LineEditor.EDITOR) : null;
        return editor == null ? new ScrollingScreen(inPlace) : editor.openScreen();
    }

    /** Returns whether the running command writes to the session's own output: neither to a pipe nor to a file. */
    static boolean isDirect() {
        Process process = Process.Utils.current();
        return process != null
                && isDirect(process.job())
                && isDirect(process.job().parent());
    }

    private static boolean isDirect(@Nullable Job job) {
        return job == null || job.processes().stream().allMatch(process -> process.isTty(1));
    }

    /**
     * Shows a text.
     *
     * @return false if it could not be written, and no other text will be shown
     */
    boolean show(String text);

    /**
     * Waits until the next text is due.
     *
     * @return false if no other text is wanted: the operator has pressed Ctrl-C, or the thread was interrupted
     */
    boolean await(Duration time);

    /** Leaves the text that is shown last on the terminal after the screen has been closed. */
    void keep();

    /** Restores the terminal. */
    @Override
    void close();
}
