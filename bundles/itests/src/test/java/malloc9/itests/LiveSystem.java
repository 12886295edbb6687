package malloc9.itests;

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

/** The distribution, running: a test types commands into its standard input and waits for lines of its output. */
final class LiveSystem implements AutoCloseable {

    private static final String PROMPT = "kernel> ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final PrintStream keyboard;

    /** What was printed so far, both streams, without prompts. Guarded by itself. */
    private final List<String> lines = new ArrayList<>();

    /** Lines before this one were waited for already. */
    private int seen;

    private LiveSystem(Process process) {
        this.process = process;
        this.keyboard = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(this::read);
    }

    /** Runs an interactive {@code felix-config/run} with these arguments, and waits until it takes commands. */
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

    /** The process and those that it started. */
    Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /** The JVM, which takes the script's process over. */
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

    /** Waits for the next line that contains the text, and returns it. */
    String await(String text) throws InterruptedException {
        return await(line -> line.contains(text), text);
    }

    /** Waits for a line with each of the texts, whichever comes first. */
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

    /** Runs a command and returns what was printed until it was done. */
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

    /** All that was printed so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Leaves by the shell's own {@code exit}. */
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
