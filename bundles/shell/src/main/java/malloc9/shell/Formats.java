package malloc9.shell;

import java.util.List;

/** What {@code -o} takes, and {@code -h} means. */
final class Formats {

    static final String OPTION = "-o";
    static final String TEXT = "text";
    static final String JSON = "json";
    static final String DESCRIPTION = "text, or json";

    /** Of bytes. */
    static final String HUMANE = "-h";

    static final String HUMANE_DESCRIPTION = "sizes for people: 6.0K";

    static final List<String> ALL = List.of(JSON, TEXT);

    private Formats() {}

    /** What completes a command that takes options only. */
    static List<String> candidates(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getLast().equals(OPTION) ? ALL : List.of();
    }
}
