package dev.malloc9.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads files of {@code /proc}, which exist on Linux only. */
final class ProcFiles {

    private ProcFiles() {}

    /** Returns the lines of a file; an empty list if it cannot be read. */
    static List<String> lines(Path file) {
        // Names of cgroups may contain any bytes, and every byte is a character of ISO 8859-1.
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            return reader.lines().toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }
}
