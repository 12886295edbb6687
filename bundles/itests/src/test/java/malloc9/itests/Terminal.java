package malloc9.itests;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real terminal that a test types into, and whose text it reads: tmux, or else a pseudo-terminal that python3 or
 * script(1) makes. The system property {@code itests.terminal} names one of them.
 */
abstract sealed class Terminal implements AutoCloseable {

    static final String TAB = "\t";
    static final String ENTER = "\r";
    static final String INTERRUPT = "\u0003";
    static final String UP = "\u001bOA";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> KINDS = List.of("tmux", "python3", "script");

    /** Runs the shell command in a terminal of the first kind that this machine has; empty if it has none. */
    static Optional<Terminal> open(Path folder, String command) throws IOException {
        Optional<String> kind = Optional.ofNullable(System.getProperty("itests.terminal"))
                .or(() -> KINDS.stream().filter(Terminal::isInstalled).findFirst());
        return kind.isEmpty() ? Optional.empty() : Optional.of(open(kind.get(), folder, command));
    }

    private static Terminal open(String kind, Path folder, String command) throws IOException {
        String sized = "stty rows 50 cols 120; " + command;
        return switch (kind) {
            case "tmux" -> new Tmux(folder, command);
            case "python3" ->
                new Pty(folder, "python3", "-c", "import pty, sys; pty.spawn(['sh', '-c', sys.argv[1]])", sized);
            case "script" -> new Pty(folder, "script", "-qefc", sized, "/dev/null");
            default -> throw new IllegalArgumentException("no such terminal: " + kind);
        };
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Types, as the keys of a keyboard would. */
    abstract void type(String keys) throws IOException;

    /** What there is to read, from the beginning. */
    abstract String text() throws IOException;

    @Override
    public abstract void close() throws IOException;

    /** Waits until the text is as wanted. */
    final String await(String description, Predicate<String> wanted) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String text = text();
        while (!wanted.test(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + description + "; the terminal shows:\n" + text);
            }
            TimeUnit.MILLISECONDS.sleep(50);
            text = text();
        }
        return text;
    }

    /** Waits until the text contains this. */
    final String await(String part) throws Exception {
        return await("'" + part + "'", text -> text.contains(part));
    }

    /** A session of a tmux server of its own. */
    private static final class Tmux extends Terminal {

        private final String server = "malloc9-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

        Tmux(Path folder, String command) throws IOException {
            tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50", "-c", folder.toString(), command);
        }

        @Override
        void type(String keys) throws IOException {
            // As one key: tmux would send the escape character by itself, and then what follows it.
            String[] parts = keys.split(UP, -1);
            for (int i = 0; i < parts.length; i++) {
                if (i > 0) {
                    tmux("send-keys", "Up");
                }
                if (!parts[i].isEmpty()) {
                    tmux("send-keys", "-l", parts[i]);
                }
            }
        }

        @Override
        String text() throws IOException {
            return tmux("capture-pane", "-p", "-J", "-S", "-").stripTrailing();
        }

        @Override
        public void close() throws IOException {
            tmux("kill-server");
        }

        private String tmux(String... arguments) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                            Stream.concat(Stream.of("tmux", "-L", server), Stream.of(arguments))
                                    .toList())
                    .redirectErrorStream(true);
            builder.environment().remove("TMUX");
            return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A pseudo-terminal behind pipes; its text is all that was ever written, without what moves and colours. */
    private static final class Pty extends Terminal {

        private static final Pattern CONTROL =
                Pattern.compile("\u001b\\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-Z0-9]|\u001b[=>]|[\r\u0007]");

        private final Process process;

        /** Guarded by itself. */
        private final StringBuilder written = new StringBuilder();

        Pty(Path folder, String... command) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
            builder.environment().put("TERM", "xterm-256color");
            process = builder.start();
            Thread.ofPlatform().daemon().start(this::read);
        }

        @Override
        void type(String keys) throws IOException {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        @Override
        String text() {
            synchronized (written) {
                return CONTROL.matcher(written).replaceAll("");
            }
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }

        private void read() {
            try (Reader out = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
                for (int c = out.read(); c >= 0; c = out.read()) {
                    synchronized (written) {
                        written.append((char) c);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
