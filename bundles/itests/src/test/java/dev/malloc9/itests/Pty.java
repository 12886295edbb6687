package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jline.builtins.ScreenTerminal;
import org.jspecify.annotations.Nullable;

/** A terminal that consists of a pseudo-terminal behind pipes and an emulated screen that shows its output. */
final class Pty extends Terminal {

    private static final Pattern CONTROL =
            Pattern.compile("\u001b\\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-Z0-9]|\u001b[=>]|[\r\u0007]");

    private static final Pattern DEVICE = Pattern.compile("(/dev/pts/\\d+)\r?\n");

    private final Process process;

    /** All output so far. Guarded by itself, as are the fields below. */
    private final StringBuilder written = new StringBuilder();

    private final ScreenTerminal screen;

    /** The part that each screen must contain, or null if no screen is checked. */
    private @Nullable String wanted;

    /** The first screen without the part, or null if each screen had it. */
    private @Nullable String lacking;

    /**
     * Runs a command in a pseudo-terminal.
     *
     * @param maker the command that runs another command, given as its last argument, in a pseudo-terminal
     */
    Pty(Size size, Path folder, String command, String... maker) throws IOException {
        screen = new ScreenTerminal(size.columns(), size.rows());
        List<String> words = new ArrayList<>(List.of(maker));
        words.add("stty rows " + size.rows() + " cols " + size.columns() + "; tty; " + command);
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
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
    String screen() {
        synchronized (written) {
            return screen.toString()
                    .lines()
                    .map(String::stripTrailing)
                    .collect(Collectors.joining("\n"))
                    .stripTrailing();
        }
    }

    @Override
    void resize(Size size) throws Exception {
        Matcher device;
        synchronized (written) {
            device = DEVICE.matcher(written);
            assertThat(device.find()).as("the name of the terminal").isTrue();
            screen.setSize(size.columns(), size.rows());
        }
        Process stty = new ProcessBuilder(
                        "stty",
                        "-F",
                        device.group(1),
                        "rows",
                        String.valueOf(size.rows()),
                        "cols",
                        String.valueOf(size.columns()))
                .inheritIO()
                .start();
        assertThat(stty.waitFor()).isZero();
    }

    /** Checks the screen after each character that is written to it during the time. */
    @Override
    void assertStays(String part, Duration time) throws InterruptedException {
        synchronized (written) {
            wanted = part;
            lacking = null;
        }
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        synchronized (written) {
            wanted = null;
            assertThat(lacking).as("a screen without '" + part + "'").isNull();
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
                    screen.write(String.valueOf((char) c));
                    if (wanted != null && lacking == null && !screen.toString().contains(wanted)) {
                        lacking = screen();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
