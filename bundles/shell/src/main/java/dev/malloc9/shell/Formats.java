package dev.malloc9.shell;

import java.util.List;

/** The option {@code -o} for the output format with its values, and the option {@code -h} for sizes with units. */
final class Formats {

    static final String OPTION = "-o";
    static final String TEXT = "text";
    static final String JSON = "json";
    static final String DESCRIPTION = "text, or json";

    /** The option for sizes in bytes with a unit. In commands without this option, {@code -h} means help. */
    static final String HUMANE = "-h";

    static final String HUMANE_DESCRIPTION = "sizes for people: 6.0K";

    static final List<String> ALL = List.of(JSON, TEXT);

    private Formats() {}

    /** Returns the completions for a command that has no operands: the formats after {@code -o}, otherwise nothing. */
    static List<String> candidates(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getLast().equals(OPTION) ? ALL : List.of();
    }
}
