package dev.malloc9.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A real terminal. A test types into it, and reads its text and its screen. */
abstract sealed class Terminal implements AutoCloseable permits Tmux, Pty {

    static final String TAB = "\t";
    static final String ENTER = "\r";
    static final String INTERRUPT = "\u0003";
    static final String UP = "\u001bOA";

    /** The programs that provide a terminal: tmux is a multiplexer, and python3 or script makes a pseudo-terminal. */
    static final String TMUX = "tmux";

    private static final String PYTHON = "python3";
    private static final String SCRIPT = "script";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * The size of a terminal.
     *
     * @param columns the width in characters
     * @param rows the height in lines
     */
    record Size(int columns, int rows) {
        @Override
        public String toString() {
            return columns + "x" + rows;
        }
    }

    /**
     * Runs a shell command in a terminal of 120 columns and 50 rows, of the first kind that is installed. The system property
     * {@code itests.terminal} selects another kind.
     *
     * @return the terminal, or empty if no kind is installed
     */
    static Optional<Terminal> open(Path folder, String command) throws IOException {
        Optional<String> kind = Optional.ofNullable(System.getProperty("itests.terminal"))
                .or(() -> Stream.of(TMUX, PYTHON, SCRIPT)
                        .filter(Terminal::isInstalled)
                        .findFirst());
        return kind.isEmpty() ? Optional.empty() : Optional.of(open(kind.get(), new Size(120, 50), folder, command));
    }

    /** Returns the kinds of terminals that are installed: tmux, and at most one kind of pseudo-terminal. */
    static List<String> kinds() {
        return Stream.concat(
                        Stream.of(TMUX),
                        Stream.of(PYTHON, SCRIPT).filter(Terminal::isInstalled).limit(1))
                .filter(Terminal::isInstalled)
                .toList();
    }

    static Terminal open(String kind, Size size, Path folder, String command) throws IOException {
        return switch (kind) {
            case TMUX -> new Tmux(size, folder, command);
            case PYTHON ->
                new Pty(size, folder, command, PYTHON, "-c", "import pty, sys; pty.spawn(['sh', '-c', sys.argv[1]])");
            case SCRIPT -> new Pty(size, folder, command, SCRIPT, "-q", "/dev/null", "-efc");
            default -> throw new IllegalArgumentException("no such terminal: " + kind);
        };
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Types characters as a keyboard does. */
    abstract void type(String keys) throws IOException;

    /** Returns all text since the beginning. If the terminal keeps no text of the alternate screen, that text is missing. */
    abstract String text() throws IOException;

    /** Returns the visible lines, without blanks at their ends. */
    abstract String screen() throws IOException;

    /** Changes the size of the terminal, so that its programs receive SIGWINCH. */
    abstract void resize(Size size) throws Exception;

    /** Checks that each screen that is visible during the time contains the part. */
    abstract void assertStays(String part, Duration time) throws Exception;

    @Override
    public abstract void close() throws IOException;

    /** Waits until the text satisfies the predicate, and returns the text. Fails after 60 seconds. */
    final String await(String description, Predicate<String> wanted) throws Exception {
        return await(description, this::text, wanted, PATIENCE);
    }

    /** Waits until the text contains the part, and returns the text. Fails after 60 seconds. */
    final String await(String part) throws Exception {
        return await("'" + part + "'", text -> text.contains(part));
    }

    /** Waits until the visible lines satisfy the predicate, and returns the lines. Fails after 60 seconds. */
    final String awaitScreen(String description, Predicate<String> wanted) throws Exception {
        return await(description, this::screen, wanted, PATIENCE);
    }

    /** Waits until the visible lines contain the part, and returns the lines. Fails after 60 seconds. */
    final String awaitScreen(String part) throws Exception {
        return awaitScreen("'" + part + "'", screen -> screen.contains(part));
    }

    /** A function that reads the text or the screen of a terminal. */
    @FunctionalInterface
    private interface Reading {
        String read() throws IOException;
    }

    private static String await(String description, Reading reading, Predicate<String> wanted, Duration patience)
            throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        String text = reading.read();
        while (!wanted.test(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + description + "; the terminal shows:\n" + text);
            }
            TimeUnit.MILLISECONDS.sleep(20);
            text = reading.read();
        }
        return text;
    }
}
