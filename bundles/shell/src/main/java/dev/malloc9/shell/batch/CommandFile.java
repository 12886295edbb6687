package dev.malloc9.shell.batch;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Reads and decodes a file of commands in UTF-8. A byte order mark is allowed, and lines end with a line feed or with CRLF. */
final class CommandFile {

    private static final String STANDARD_INPUT = "-";
    private static final String EXPECTED = ", but UTF-8 is expected";
    private static final char MARK = '\uFEFF';

    private CommandFile() {}

    /**
     * Returns the text of a file, with line feeds as line ends.
     *
     * @param file the path; - is the standard input
     * @throws UnreadableCommands if the file cannot be read, or {@link #decode} refuses its content
     */
    static String read(String file) throws UnreadableCommands {
        boolean standardInput = file.equals(STANDARD_INPUT);
        try {
            byte[] bytes = standardInput
                    ? new FileInputStream(FileDescriptor.in).readAllBytes()
                    : Files.readAllBytes(Path.of(file));
            return decode(standardInput ? "standard input" : file, bytes);
        } catch (IOException | InvalidPathException e) {
            throw new UnreadableCommands("cannot read " + file + ": " + e.getMessage());
        }
    }

    /**
     * Decodes the content of a file, without its byte order mark and with line feeds in place of CRLF.
     *
     * @param name the name of the file in messages
     * @throws UnreadableCommands if a byte is not UTF-8 or is 0, or if the file begins with a byte order mark of UTF-16. The message names
     *     the file and the line.
     */
    static String decode(String name, byte[] bytes) throws UnreadableCommands {
        if (startsWith(bytes, 0xfe, 0xff) || startsWith(bytes, 0xff, 0xfe)) {
            throw new UnreadableCommands(name + ":1: a byte order mark of UTF-16" + EXPECTED);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            String octet = String.format(Locale.ROOT, "0x%02x", bytes[in.position()]);
            throw new UnreadableCommands(name + ":" + line(text, text.length()) + ": byte " + octet + EXPECTED);
        }
        int zero = text.indexOf('\0');
        if (zero >= 0) {
            throw new UnreadableCommands(name + ":" + line(text, zero) + ": byte 0x00, as in UTF-16" + EXPECTED);
        }
        String unmarked = !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
        return unmarked.replace("\r\n", "\n");
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes.length >= 2 && bytes[0] == (byte) first && bytes[1] == (byte) second;
    }

    private static long line(String text, int end) {
        return 1 + text.substring(0, end).chars().filter(c -> c == '\n').count();
    }
}
