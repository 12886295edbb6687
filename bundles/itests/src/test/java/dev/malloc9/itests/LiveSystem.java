package dev.malloc9.itests;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A running distribution. A test types commands into its standard input and waits for lines of its output. */
final class LiveSystem implements AutoCloseable {

    private static final String PROMPT = "kernel> ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final PrintStream keyboard;

    /** The lines on both streams so far, without prompts. Guarded by itself. */
    private final List<String> lines = new ArrayList<>();

    /** The index of the first line that no test has waited for yet. */
    private int seen;

    private LiveSystem(Process process) {
        this.process = process;
        this.keyboard = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(this::read);
    }

    /** Starts an interactive {@code felix-config/run} with the given arguments, and waits until it accepts commands. */
    static LiveSystem boot(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Distribution.RUN.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File(folder.toString()))
                .redirectErrorStream(true);
        builder.environment().put("MALLOC9_CONFIG", folder.resolve("kept").toString());
        LiveSystem system = new LiveSystem(builder.start());
        system.type("echo ready");
        system.await("ready");
        return system;
    }

    /** Returns the process and its descendants. */
    Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /** Returns the process number of the JVM, which replaces the process of the script. */
    long jvm() {
        return processes()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    void type(String line) {
        keyboard.println(line);
    }

    /** Waits for the next line that contains the text, and returns the line. */
    String await(String text) throws InterruptedException {
        return await(line -> line.contains(text), text);
    }

    /** Waits for one line with each of the texts, in any order. */
    void awaitInAnyOrder(String... texts) throws InterruptedException {
        int from = seen;
        int last = seen;
        for (String text : texts) {
            seen = from;
            await(text);
            last = Math.max(last, seen);
        }
        seen = last;
    }

    private String await(Predicate<String> wanted, String description) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (lines) {
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen))) {
                        return lines.get(seen++);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError(
                            "no line with '" + description + "' came; these did:\n" + String.join("\n", lines));
                }
                lines.wait(left);
            }
        }
    }

    /** Runs a command, and returns the lines that were printed until it ended. */
    List<String> run(String command) throws InterruptedException {
        int from;
        synchronized (lines) {
            from = lines.size();
        }
        String done = "done-" + System.nanoTime();
        type(command);
        type("echo " + done);
        await(done);
        synchronized (lines) {
            return List.copyOf(lines.subList(from, seen - 1));
        }
    }

    /** Returns all lines so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Ends the shell by its command {@code exit}. If it does not end within 60 seconds, its processes are killed. */
    @Override
    public void close() {
        type("exit");
        keyboard.close();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (lines) {
                    lines.add(line.startsWith(PROMPT) ? line.substring(PROMPT.length()) : line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
