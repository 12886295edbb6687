package malloc9.shell;

import java.util.List;
import malloc9.shell.view.InJson;
import malloc9.shell.view.View;
import org.jspecify.annotations.Nullable;

/** What {@code -o} takes, and {@code -h} means. */
final class Formats {

    static final String OPTION = "-o";
    static final String TEXT = "text";
    static final String DESCRIPTION = "FORMAT: text, or json";

    /** Of bytes. */
    static final String HUMANE = "-h";

    static final String HUMANE_DESCRIPTION = "sizes for people: 6.0K";

    static final List<String> ALL = List.of("json", TEXT);

    private Formats() {}

    /**
     * The result in the format that was asked for.
     *
     * @throws CommandFailed if there is no such format
     */
    static View of(String format, View view, String usage) {
        return of(isJson(format, usage), view);
    }

    /** What completes a command that takes options only. */
    static List<String> candidates(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getLast().equals(OPTION) ? ALL : List.of();
    }

    /** The result as JSON, or as it is. */
    static View of(boolean json, View view) {
        return json ? new InJson(view) : view;
    }

    /**
     * Whether the format is JSON.
     *
     * @param format null if it was a variable that is not set
     * @throws CommandFailed if it is none
     */
    static boolean isJson(@Nullable String format, String usage) {
        if (format == null || !ALL.contains(format)) {
            throw new CommandFailed(usage);
        }
        return !format.equals(TEXT);
    }
}
