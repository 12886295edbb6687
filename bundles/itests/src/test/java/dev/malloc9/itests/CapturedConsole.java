package dev.malloc9.itests;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A console that captures the standard output, to which the kernel prints, until it is closed. */
final class CapturedConsole implements AutoCloseable {

    private final PrintStream former = System.out;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    CapturedConsole() {
        System.setOut(new PrintStream(kept, true, StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return kept.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public void close() {
        System.setOut(former);
    }
}
