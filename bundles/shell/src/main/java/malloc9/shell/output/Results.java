package malloc9.shell.output;

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

/**
 * The results of statements whose commands return an object and print nothing, as {@code lb} does.
 *
 * <p>Gogo hands such a result to its caller, past a redirection.
 */
public final class Results {

    /** The session's variable with the function that prints a result. */
    private static final String PRINTER = "_result";

    private Results() {}

    /** Returns whether there is nothing to show: the values of a loop over commands that printed by themselves. */
    public static boolean isNothing(Object result) {
        return result instanceof Collection<?> values && values.stream().allMatch(Objects::isNull);
    }

    /**
     * Prints the result of the statement where it redirects its output to, after what the command has printed there.
     *
     * @return false if the statement does not redirect its output
     * @throws Exception from Gogo, if the file cannot be opened
     */
    public static boolean redirect(CommandSession session, Program statement, Object result) throws Exception {
        List<Token> redirections = redirections(statement);
        if (redirections.isEmpty()) {
            return false;
        }
        String text = session.format(result, Converter.INSPECT).toString();
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
        return true;
    }

    /** Returns the redirections of the output, all of which append. */
    private static List<Token> redirections(Program program) {
        List<Token> appending = new ArrayList<>();
        if (program.tokens().stream().anyMatch(token -> token instanceof Operator && Token.eq("||", token))) {
            // The result may be that of either side.
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
