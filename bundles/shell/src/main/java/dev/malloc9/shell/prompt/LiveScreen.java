package dev.malloc9.shell.prompt;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.utils.AttributedString;
import org.jline.utils.Curses;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.ShutdownHooks;
import org.jspecify.annotations.Nullable;

/**
 * A screen that draws each text over the previous one, on the alternate screen of a terminal.
 *
 * <p>A frame is one string that is written and flushed once. The first frame clears the screen. Each further frame is drawn over the
 * previous one, and only the rest of each line and of the screen is cleared. The terminal is therefore never blank between two frames. The
 * cursor is hidden, and keys are not echoed. {@link #close} restores the terminal; if the JVM ends before, a shutdown hook does.
 */
final class LiveScreen implements Screen {

    /** The number of rows that is assumed if the terminal does not report its size. */
    private static final int ROWS = 24;

    private static final int COLUMNS = 80;

    private static final int SIGNALS = 64;

    private final Terminal terminal;
    private final Runnable closed;
    private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(SIGNALS);
    private final SignalHandler formerInterrupt;
    private final SignalHandler formerResize;
    private final boolean formerEcho;
    private final ShutdownHooks.Task restore = this::restore;

    /** The text on the screen; null before the first one. */
    private @Nullable String shown;

    private boolean keep;

    /** Whether the terminal has been restored; nothing is drawn afterwards. Guarded by {@code this}. */
    private boolean restored;

    /**
     * Opens the screen: takes Ctrl-C and the change of the terminal's size, and turns off the echo. Nothing is drawn before the first text.
     *
     * @param closed the action that {@link #close} runs last
     */
    LiveScreen(Terminal terminal, Runnable closed) {
        this.terminal = terminal;
        this.closed = closed;
        // Ctrl-C is queued as a signal for the drawing thread, and does not interrupt it.
        formerInterrupt = terminal.handle(Signal.INT, signals::offer);
        formerResize = terminal.handle(Signal.WINCH, signals::offer);
        formerEcho = terminal.echo(false);
        ShutdownHooks.add(restore);
    }

    @Override
    public boolean show(String text) {
        boolean first = shown == null;
        shown = text;
        return draw(first);
    }

    @Override
    public boolean await(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try {
            while (true) {
                Signal signal = signals.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (signal == null) {
                    return true;
                }
                if (signal == Signal.INT || !draw(false)) {
                    return false;
                }
            }
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void keep() {
        keep = true;
    }

    @Override
    public void close() {
        ShutdownHooks.remove(restore);
        restore();
        terminal.handle(Signal.INT, formerInterrupt);
        terminal.handle(Signal.WINCH, formerResize);
        closed.run();
    }

    /**
     * Writes a frame.
     *
     * @return false if the terminal cannot be written, or has been restored
     */
    private synchronized boolean draw(boolean first) {
        if (restored) {
            return false;
        }
        StringBuilder frame = new StringBuilder();
        if (first) {
            put(frame, Capability.enter_ca_mode);
            put(frame, Capability.cursor_invisible);
            put(frame, Capability.clear_screen);
        }
        put(frame, Capability.cursor_home);
        List<String> lines = visible();
        for (int i = 0; i < lines.size(); i++) {
            frame.append(i == 0 ? "" : "\r\n").append(lines.get(i));
            put(frame, Capability.clr_eol);
        }
        if (lines.size() < rows()) {
            frame.append("\r\n");
            put(frame, Capability.clr_eos);
        }
        return write(frame);
    }

    /**
     * Returns to the normal screen and restores the echo. Draws the last text there if it is kept, or if the terminal has no alternate
     * screen. Has no effect the second time.
     */
    private synchronized void restore() {
        if (restored) {
            return;
        }
        restored = true;
        StringBuilder end = new StringBuilder();
        if (shown != null) {
            put(end, Capability.exit_ca_mode);
            put(end, Capability.cursor_normal);
            if (keep || terminal.getStringCapability(Capability.exit_ca_mode) == null) {
                visible().forEach(line -> end.append(line).append("\r\n"));
            }
        }
        write(end);
        terminal.echo(formerEcho);
    }

    /**
     * Returns the lines and columns of the text that fit on the terminal. The last column stays empty, because the rest of a line cannot be
     * cleared after it.
     */
    private List<String> visible() {
        int columns = terminal.getWidth() > 0 ? terminal.getWidth() : COLUMNS;
        return (shown == null ? "" : shown)
                .lines()
                .limit(rows())
                .map(line -> new AttributedString(line)
                        .columnSubSequence(0, columns - 1)
                        .toString())
                .toList();
    }

    private int rows() {
        return terminal.getHeight() > 0 ? terminal.getHeight() : ROWS;
    }

    private void put(StringBuilder text, Capability capability) {
        String sequence = terminal.getStringCapability(capability);
        if (sequence != null) {
            Curses.tputs(text, sequence);
        }
    }

    private boolean write(CharSequence text) {
        terminal.writer().append(text);
        return !terminal.writer().checkError();
    }
}
