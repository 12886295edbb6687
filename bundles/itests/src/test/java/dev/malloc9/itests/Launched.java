package dev.malloc9.itests;

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

/** A process of {@code felix-config/run} that a test sends signals to. It is the leader of its process group. */
final class Launched implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final PrintStream keyboard;

    /** The output on both streams so far. Guarded by itself. */
    private final StringBuilder text = new StringBuilder();

    private final Thread reader;

    private Launched(Process process) {
        this.process = process;
        this.keyboard = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** Starts the distribution with the given arguments. Its temporary files are in the given folder. */
    static Launched start(Path temporary, String... arguments) throws IOException {
        return start(Distribution.RUN, temporary, arguments);
    }

    /** Starts the script of a copy of the distribution. */
    static Launched start(Path script, Path temporary, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "env", Distribution.DEFAULT_SIGNALS));
        command.addAll(Distribution.command(script, arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temporary.resolveSibling("").toFile())
                .redirectErrorStream(true);
        builder.environment().put("TMPDIR", temporary.toString());
        return new Launched(builder.start());
    }

    /** Runs a command until it ends, and returns its standard output without white space at both ends. */
    static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command)).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    void type(String line) {
        keyboard.println(line);
    }

    /** Waits until the output contains the text. Fails after 2 minutes, or if the output ends without the text. */
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

    /** Sends a signal to the process alone, or to its whole process group. */
    void signal(String name, boolean group) throws IOException, InterruptedException {
        String target = (group ? "-" : "") + process.pid();
        new ProcessBuilder("kill", "-s", name, "--", target).inheritIO().start().waitFor();
    }

    /** Waits until the process ends, and returns its exit code. Fails after 2 minutes. */
    int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it runs on after:\n" + text());
        }
        reader.join(PATIENCE);
        return process.exitValue();
    }

    /** Returns the output on both streams so far. */
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
