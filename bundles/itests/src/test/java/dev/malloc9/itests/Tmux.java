package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A terminal in a session of its own tmux server. */
final class Tmux extends Terminal {

    private final String server = "malloc9-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    Tmux(Size size, Path folder, String command) throws IOException {
        String columns = String.valueOf(size.columns());
        String rows = String.valueOf(size.rows());
        tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows, "-c", folder.toString(), command);
    }

    @Override
    void type(String keys) throws IOException {
        // The cursor key is sent as one key. In literal text, tmux would send the escape character separately from the
        // rest of the
        // sequence.
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
    String screen() throws IOException {
        return tmux("capture-pane", "-p").stripTrailing();
    }

    @Override
    void resize(Size size) throws IOException {
        tmux("resize-window", "-x", String.valueOf(size.columns()), "-y", String.valueOf(size.rows()));
    }

    /** Checks samples of the screen, as often as tmux returns it. A screen between two samples is not checked. */
    @Override
    void assertStays(String part, Duration time) throws IOException {
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < deadline) {
            assertThat(screen()).contains(part);
        }
    }

    @Override
    public void close() throws IOException {
        tmux("kill-server");
    }

    private String tmux(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of("tmux", "-L", server), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true);
        builder.environment().remove("TMUX");
        return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
