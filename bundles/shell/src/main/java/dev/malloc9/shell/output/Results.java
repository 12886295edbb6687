package dev.malloc9.shell.output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.felix.gogo.runtime.Parser.Executable;
import org.apache.felix.gogo.runtime.Parser.Operator;
import org.apache.felix.gogo.runtime.Parser.Pipeline;
import org.apache.felix.gogo.runtime.Parser.Program;
import org.apache.felix.gogo.runtime.Parser.Statement;
import org.apache.felix.gogo.runtime.Token;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;

/**
 * Returns or appends the results of statements whose commands return an object and print nothing, such as {@code lb}.
 *
 * <p>Gogo passes such a result to its caller, and not to a redirection.
 */
public final class Results {

    /** The session's variable that temporarily holds the function that prints a result. */
    private static final String PRINTER = "_result";

    private Results() {}

    /**
     * Formats the result of a statement that has been executed. If the statement redirects its output, the text is appended to the file.
     * Otherwise the caller prints the returned text.
     *
     * @return the text for the console; null if there is none: the result is null, a collection without a value, or was appended
     * @throws Exception from Gogo, if the file cannot be opened or written
     */
    public static @Nullable String show(CommandSession session, Program statement, @Nullable Object result)
            throws Exception {
        if (result == null || isNothing(result)) {
            return null;
        }
        String text = String.valueOf(session.format(result, Converter.INSPECT));
        List<Token> redirections = redirections(statement);
        if (redirections.isEmpty()) {
            return text;
        }
        append(session, statement, redirections, text);
        return null;
    }

    /**
     * Returns whether there is nothing to show: the collection is empty or has only nulls. A collection of nulls is the value of a loop
     * over commands that print by themselves.
     */
    private static boolean isNothing(Object result) {
        return result instanceof Collection<?> values && values.stream().allMatch(Objects::isNull);
    }

    private static void append(CommandSession session, Token statement, List<Token> redirections, String text)
            throws Exception {
        Function printer = (_, _) -> {
            Output.current().println(text);
            return null;
        };
        session.put(PRINTER, printer);
        try {
            Statement print = new Statement(statement, List.of(new Token(PRINTER)), redirections);
            session.execute(new Program(statement, List.of(print)));
        } finally {
            session.put(PRINTER, null);
        }
    }

    /**
     * Returns the redirections of the output of the last command; all of them append. The list is empty if that output is not redirected,
     * or if the statement contains {@code ||}.
     */
    private static List<Token> redirections(Program program) {
        List<Token> appending = new ArrayList<>();
        if (program.tokens().stream().anyMatch(token -> token instanceof Operator && Token.eq("||", token))) {
            // The result may come from either side.
            return appending;
        }
        Executable last = program.tokens().getLast();
        if (last instanceof Pipeline pipeline) {
            last = pipeline.tokens().getLast();
        }
        List<Token> all = last instanceof Statement statement ? statement.redirections() : List.of();
        for (int i = 0; i < all.size(); i++) {
            String operator = all.get(i).toString();
            if (operator.matches("[1&]?>>?") && i + 1 < all.size()) {
                appending.add(new Token(operator.replaceFirst(">+", ">>")));
                appending.add(all.get(++i));
            } else if (operator.matches("1?>&[0-9]")) {
                appending.add(all.get(i));
            }
        }
        return appending;
    }
}
