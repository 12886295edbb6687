package malloc9.itests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of {@code felix-config/run}, the leader of its process group, that a test sends signals to. */
final class Launched implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final PrintStream keyboard;

    /** The text of both streams. Guarded by itself. */
    private final StringBuilder text = new StringBuilder();

    private final Thread reader;

    private Launched(Process process) {
        this.process = process;
        this.keyboard = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** Starts the distribution with these arguments; its temporary files are in the folder. */
    static Launched start(Path temporary, String... arguments) throws IOException {
        return start(Distribution.RUN, temporary, arguments);
    }

    /** Starts the script of a copy. */
    static Launched start(Path script, Path temporary, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "env", Distribution.DEFAULT_SIGNALS));
        command.addAll(Distribution.command(script, arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temporary.resolveSibling("").toFile())
                .redirectErrorStream(true);
        builder.environment().put("TMPDIR", temporary.toString());
        return new Launched(builder.start());
    }

    /** Runs a command to its end, and returns its output without white space around it. */
    static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command)).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    void type(String line) {
        keyboard.println(line);
    }

    /** Waits until the output contains the text. */
    void await(String part) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (text) {
            while (text.indexOf(part) < 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || !reader.isAlive()) {
                    throw new AssertionError("no '" + part + "' in:\n" + text);
                }
                text.wait(Math.min(left, 100));
            }
        }
    }

    /** Sends a signal to the process alone, or to its group. */
    void signal(String name, boolean group) throws IOException, InterruptedException {
        String target = (group ? "-" : "") + process.pid();
        new ProcessBuilder("kill", "-s", name, "--", target).inheritIO().start().waitFor();
    }

    /** Waits for the end, and returns the exit code. */
    int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it runs on after:\n" + text());
        }
        reader.join(PATIENCE);
        return process.exitValue();
    }

    /** Returns the output so far. */
    String text() {
        synchronized (text) {
            return text.toString();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (int c = out.read(); c >= 0; c = out.read()) {
                synchronized (text) {
                    text.append((char) c);
                    text.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
