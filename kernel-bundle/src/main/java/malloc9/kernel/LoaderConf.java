package malloc9.kernel;

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
 * <p>The last line about a name holds. Any other line is reported and ignored. A comment may have any bytes.
 *
 * @param file the path, for messages
 * @param settings the settings by name
 */
record LoaderConf(String file, Map<String, Setting> settings) {

    /** The framework property with the file's path. */
    static final String FILE = "malloc9.loader.conf";

    /** The boot environment without a file. */
    static final LoaderConf NONE = new LoaderConf("", Map.of());

    private static final String END = "\\s*(?:#.*)?";
    private static final Pattern NOTHING = Pattern.compile(END);
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*([A-Za-z0-9_.-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"#\\\\]*))" + END);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
    private static final Pattern LINE_END = Pattern.compile("\r\n|\n|\r");

    /** The byte order marks of UTF-8 and UTF-16, as characters of ISO 8859-1. */
    private static final String MARK = "\u00EF\u00BB\u00BF";

    private static final List<String> MARKS_OF_UTF16 = List.of("\u00FE\u00FF", "\u00FF\u00FE");

    /** The character that the decoder puts in place of bytes that are not UTF-8. */
    private static final char UNDECODABLE = '\uFFFD';

    /**
     * One line's setting.
     *
     * @param line the line, from 1
     * @param value the value without quotes
     */
    record Setting(int line, String value) {}

    /**
     * Reads a file.
     *
     * @param complaints receives what cannot be read
     */
    static LoaderConf read(Path file, Consumer<String> complaints) {
        try {
            // One character a byte, so that a comment may have any bytes; values are decoded by themselves.
            return parse(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1), complaints);
        } catch (NoSuchFileException e) {
            complaints.accept(Messages.noLoaderConf(file));
        } catch (IOException e) {
            complaints.accept(Messages.unreadableLoaderConf(file, e));
        }
        return NONE;
    }

    /**
     * Parses the content of a file.
     *
     * @param bytes the content, one character a byte
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

    /** Returns the value of a name, or null. */
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
