package dev.malloc9.shell;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The parsed words of one call of a command: its options with their values, and its operands. Immutable. */
final class Arguments {

    private static final String[] NONE = {};

    private final Syntax syntax;
    private final Map<String, String> options = new HashMap<>();
    private final List<String> operands;

    Arguments(Syntax syntax, ParseResult result) {
        this.syntax = syntax;
        for (OptionSpec option : result.matchedOptions()) {
            // The next parse changes the values in picocli's model.
            Stream.of(option.names()).forEach(name -> options.put(name, String.valueOf(option.<Object>getValue())));
        }
        this.operands =
                result.matchedPositionals().isEmpty() ? List.of() : List.of(result.matchedPositionalValue(0, NONE));
    }

    /** Returns whether the option was given. */
    boolean has(String option) {
        return options.containsKey(option);
    }

    /** Returns the value of an option that takes one; null if the option was not given. A repeated option has its last value. */
    @Nullable
    String value(String option) {
        return options.get(option);
    }

    /** Returns the operands in the order in which they were given; options and their values are not among them. */
    List<String> operands() {
        return operands;
    }

    /** Returns the exception for an operand that the command does not take. The caller throws it. */
    CommandFailed unexpected(String operand) {
        return syntax.unexpected(operand);
    }

    /**
     * Returns the exception for a word that the command refuses. The caller throws it.
     *
     * @param problem the reason, as in "unknown view"
     * @param word the refused word; it is escaped in the message
     */
    CommandFailed wrong(String problem, String word) {
        return syntax.wrong(problem, word);
    }

    /** Returns whether the option {@code -o json} was given. */
    boolean isJson() {
        return Formats.JSON.equals(value(Formats.OPTION));
    }

    /**
     * Returns the only operand.
     *
     * @throws CommandFailed if there is no operand, with the usage as message, or if there is more than one
     */
    String operand() {
        return switch (operands.size()) {
            case 0 -> throw new CommandFailed(syntax.usage());
            case 1 -> operands.getFirst();
            default -> throw syntax.unexpected(operands.get(1));
        };
    }
}
