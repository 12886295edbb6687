package malloc9.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The boot environment from a file in the syntax of FreeBSD's loader.conf(5).
 *
 * <pre>
 *   # a comment
 *   vm.kmem_size="512M"      # another
 *   debug.malloc.numzones=8
 * </pre>
 *
 * <p>The last line about a name holds. A line that is nothing of that is told, and left out; boot goes on.
 */
final class LoaderConf {

    /** The framework property with the file's path. */
    static final String FILE = "malloc9.loader.conf";

    private static final String END = "\\s*(?:#.*)?";
    private static final Pattern NOTHING = Pattern.compile(END);
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*([A-Za-z0-9_.-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"#\\\\]*))" + END);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    private LoaderConf() {}

    /**
     * Reads a file.
     *
     * @param complaints are told what cannot be read
     */
    static Map<String, String> read(Path file, Consumer<String> complaints) {
        try {
            // Whatever bytes a comment has: names and values are ASCII.
            return parse(file.toString(), Files.readAllLines(file, StandardCharsets.ISO_8859_1), complaints);
        } catch (NoSuchFileException e) {
            complaints.accept(Messages.noLoaderConf(file));
        } catch (IOException e) {
            complaints.accept(Messages.unreadableLoaderConf(file, e));
        }
        return Map.of();
    }

    static Map<String, String> parse(String file, List<String> lines, Consumer<String> complaints) {
        Map<String, String> environment = new HashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                String quoted = assignment.group(2);
                String value = quoted == null
                        ? assignment.group(3)
                        : ESCAPE.matcher(quoted).replaceAll("$1");
                environment.put(assignment.group(1), value);
            } else if (!NOTHING.matcher(line).matches()) {
                complaints.accept(Messages.badLine(file, number, line));
            }
        }
        return environment;
    }
}
