package malloc9.shell;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** The options and operands of one call of a command. */
final class Arguments {

    private static final String[] NONE = {};

    private final Syntax syntax;
    private final ParseResult result;
    private final List<String> operands;

    Arguments(Syntax syntax, ParseResult result) {
        this.syntax = syntax;
        this.result = result;
        this.operands =
                result.matchedPositionals().isEmpty() ? List.of() : List.of(result.matchedPositionalValue(0, NONE));
    }

    /** Returns whether the option was given. */
    boolean has(String option) {
        return result.hasMatchedOption(option);
    }

    /** Returns the value of the option; null if it was not given. */
    @Nullable
    String value(String option) {
        return result.matchedOptionValue(option, (String) null);
    }

    /** Returns the words that are no options, in their order. */
    List<String> operands() {
        return operands;
    }

    /** Returns the refusal of an operand that is one too many. */
    CommandFailed unexpected(String operand) {
        return syntax.unexpected(operand);
    }

    /** Returns the refusal of a word. */
    CommandFailed wrong(String problem, String word) {
        return syntax.wrong(problem, word);
    }

    /** Returns whether the result is to be JSON. */
    boolean isJson() {
        return Formats.JSON.equals(value(Formats.OPTION));
    }

    /**
     * Returns the only operand.
     *
     * @throws CommandFailed with the usage if there is none, or more than one
     */
    String operand() {
        return switch (operands.size()) {
            case 0 -> throw new CommandFailed(syntax.usage());
            case 1 -> operands.getFirst();
            default -> throw syntax.unexpected(operands.get(1));
        };
    }
}
