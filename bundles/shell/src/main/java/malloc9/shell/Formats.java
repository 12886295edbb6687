package malloc9.shell;

import java.util.List;

/** What {@code -o} takes. */
final class Formats {

    static final String OPTION = "-o";
    static final String TEXT = "text";
    static final String DESCRIPTION = "FORMAT: text, or json";

    static final List<String> ALL = List.of("json", TEXT);

    private Formats() {}

    /**
     * Whether the format is JSON.
     *
     * @throws CommandFailed if it is none
     */
    static boolean isJson(String format, String usage) {
        if (!ALL.contains(format)) {
            throw new CommandFailed(usage);
        }
        return !format.equals(TEXT);
    }
}
