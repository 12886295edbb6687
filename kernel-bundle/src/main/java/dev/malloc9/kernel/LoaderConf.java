package dev.malloc9.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The boot environment from a file in the syntax of FreeBSD's loader.conf(5), in UTF-8.
 *
 * <pre>
 *   # a comment
 *   vm.kmem_size="512M"      # another
 *   debug.malloc.numzones=8
 * </pre>
 *
 * <p>If several valid lines set a name, the last one applies. A line that is not an assignment, a comment or blank is reported and ignored,
 * and so is a value that is not UTF-8. In quotes, a backslash makes the next character literal. A comment may contain any bytes except 0.
 *
 * @param file the path, for messages
 * @param settings the settings by name
 */
record LoaderConf(String file, Map<String, Setting> settings) {

    /** The name of the framework property that contains the file's path. */
    static final String FILE = "malloc9.loader.conf";

    /** The boot environment without a file. */
    static final LoaderConf NONE = new LoaderConf("", Map.of());

    private static final String END = "\\s*(?:#.*)?";
    private static final Pattern NOTHING = Pattern.compile(END, Pattern.DOTALL);
    /** A line with an assignment. The groups are the name, the value in quotes and the value without quotes. */
    private static final Pattern ASSIGNMENT = Pattern.compile(
            "\\s*([A-Za-z0-9_.-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"#\\\\]*))" + END, Pattern.DOTALL);

    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);
    private static final Pattern LINE_END = Pattern.compile("\r\n|\n|\r");

    /** The byte order mark of UTF-8, as characters of ISO 8859-1. */
    private static final String MARK = "\u00EF\u00BB\u00BF";

    /** The byte order marks of UTF-16, as characters of ISO 8859-1. */
    private static final List<String> MARKS_OF_UTF16 = List.of("\u00FE\u00FF", "\u00FF\u00FE");

    /**
     * The character that the decoder puts in place of bytes that are not UTF-8. A value that contains this character itself is refused,
     * too.
     */
    private static final char UNDECODABLE = '\uFFFD';

    /**
     * The setting of one line.
     *
     * @param line the number of the line, from 1
     * @param value the value without quotes, with escapes replaced
     */
    record Setting(int line, String value) {}

    /**
     * Reads a file. If the file is missing or cannot be read, it is reported, and the result is {@link #NONE}.
     *
     * @param complaints receives one message for each problem
     */
    static LoaderConf read(Path file, Consumer<String> complaints) {
        try {
            // The file is read with one character per byte, so that a comment may contain any bytes. Each value is
            // decoded separately.
            return parse(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1), complaints);
        } catch (NoSuchFileException e) {
            complaints.accept(Messages.noLoaderConf(file));
        } catch (IOException e) {
            complaints.accept(Messages.unreadableLoaderConf(file, e));
        }
        return NONE;
    }

    /**
     * Parses the content of a file. If the content is UTF-16 or contains a NUL, no setting is taken from it.
     *
     * @param file the path, for messages
     * @param bytes the content, with one character per byte
     * @param complaints receives one message for each problem
     */
    static LoaderConf parse(String file, String bytes, Consumer<String> complaints) {
        Map<String, Setting> settings = new HashMap<>();
        if (MARKS_OF_UTF16.stream().anyMatch(bytes::startsWith) || bytes.indexOf('\0') >= 0) {
            complaints.accept(Messages.notUtf8(file));
            return new LoaderConf(file, settings);
        }
        int number = 0;
        for (String line : LINE_END.split(bytes.startsWith(MARK) ? bytes.substring(MARK.length()) : bytes, -1)) {
            number++;
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                String quoted = assignment.group(2);
                String value = decoded(
                        quoted == null
                                ? assignment.group(3)
                                : ESCAPE.matcher(quoted).replaceAll("$1"));
                if (value.indexOf(UNDECODABLE) >= 0) {
                    complaints.accept(Messages.badEncoding(file, number, decoded(line)));
                } else {
                    settings.put(assignment.group(1), new Setting(number, value));
                }
            } else if (!NOTHING.matcher(line).matches()) {
                complaints.accept(Messages.badLine(file, number, decoded(line)));
            }
        }
        return new LoaderConf(file, settings);
    }

    /** Returns the value of a name, or null if the file does not set it. */
    @Nullable
    String get(String name) {
        Setting setting = settings.get(name);
        return setting == null ? null : setting.value();
    }

    /** Returns the settings in the order of their lines. */
    List<Map.Entry<String, Setting>> inOrder() {
        return settings.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().line()))
                .toList();
    }

    private static String decoded(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
