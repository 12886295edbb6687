package dev.malloc9.shell.prompt;

import java.time.Duration;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/**
 * The output of a command that shows one text after another. At a terminal, each text replaces the previous one; elsewhere, each text
 * follows the previous one.
 */
public interface Screen extends AutoCloseable {

    /**
     * Opens the screen of the command that runs on this thread. The terminal is used if the session has an editor and the command writes to
     * the session's own output.
     *
     * @param inPlace whether a text may replace the previous one; false for text that a program reads. If true and there is no terminal, a
     *     blank line separates two texts.
     */
    static Screen open(CommandSession session, boolean inPlace) {
        LineEditor editor = inPlace && isDirect() ? (LineEditor) session.get(LineEditor.EDITOR) : null;
        return editor == null ? new ScrollingScreen(inPlace) : editor.openScreen();
    }

    /**
     * Returns whether the running command writes to the session's own output, and neither to a pipe nor to a file. Only the command's job
     * and the job around it are examined. Returns false if this thread runs no command.
     */
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
     * @return false if the text could not be written; further texts will not be shown either
     * @throws dev.malloc9.shell.output.OutputFailed as {@link dev.malloc9.shell.output.Output#println}; never if each text replaces the
     *     previous one
     */
    boolean show(String text);

    /**
     * Waits until the next text is due.
     *
     * @return false if no further text is wanted: the operator has pressed Ctrl-C, the terminal cannot be written, or the thread was
     *     interrupted. The thread's interrupt flag is then cleared.
     */
    boolean await(Duration time);

    /** Keeps the last text on the terminal after the screen has been closed. Without a terminal, each text stays anyway. */
    void keep();

    /** Restores the terminal. */
    @Override
    void close();
}
