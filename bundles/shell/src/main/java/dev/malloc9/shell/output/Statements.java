package dev.malloc9.shell.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.felix.gogo.runtime.Parser.Closure;
import org.apache.felix.gogo.runtime.Parser.Executable;
import org.apache.felix.gogo.runtime.Parser.Operator;
import org.apache.felix.gogo.runtime.Parser.Program;
import org.apache.felix.gogo.runtime.Parser.Statement;
import org.apache.felix.gogo.runtime.Token;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/** Analyzes the statements of a program, and the statement that contains the running command. */
public final class Statements {

    private static final Set<String> CONDITIONALS = Set.of("if", "not", "while", "until");
    private static final String ELSE_IF = "elif";

    private Statements() {}

    /**
     * Returns whether the statement uses the result of the command that runs on this thread. The statement may assign the result ({@code x
     * = kldstat -v}) or test it ({@code if { kldload leaky } { ... }}). Such a result is not printed. Returns false in a pipeline.
     */
    public static boolean useResult() {
        Process process = Process.Utils.current();
        Statement statement = process == null ? null : statement(process.job());
        return statement != null
                && (isAssignment(statement.tokens())
                        || isTested(statement, statement(process.job().parent())));
    }

    /**
     * Returns the top-level statements, each as a program of its own that Gogo runs without parsing it again. Statements that are joined by
     * {@code &&} or {@code ||} are one program. A statement in the background keeps its {@code &}, and empty statements are left out.
     */
    public static List<Program> split(Program program) {
        List<Program> statements = new ArrayList<>();
        List<Executable> joined = new ArrayList<>();
        for (Executable token : program.tokens()) {
            boolean operator = token instanceof Operator;
            boolean ends = operator
                    ? !Token.eq("&&", token) && !Token.eq("||", token)
                    : !joined.isEmpty() && !(joined.getLast() instanceof Operator);
            if (operator && !joined.isEmpty() && (!ends || Token.eq("&", token))) {
                joined.add(token);
            }
            if (ends && !joined.isEmpty()) {
                statements.add(new Program(program, List.copyOf(joined)));
                joined.clear();
            }
            if (!operator && !(joined.isEmpty() && isEmpty(token))) {
                joined.add(token);
            }
        }
        if (!joined.isEmpty()) {
            statements.add(new Program(program, List.copyOf(joined)));
        }
        return statements;
    }

    private static boolean isEmpty(Executable token) {
        return token instanceof Statement s
                && s.tokens().isEmpty()
                && s.redirections().isEmpty();
    }

    /**
     * Returns the word for the first file to which the statement redirects the output of the process; empty if there is none, or in a
     * pipeline.
     */
    static String redirection(Process process) {
        Statement statement = statement(process.job());
        List<Token> tokens = statement == null ? List.of() : statement.redirections();
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).toString().matches("[1&]?>>?")) {
                return tokens.get(i + 1).toString();
            }
        }
        return "";
    }

    /** Returns the statement of a job; null if there is no job, or if it is a pipeline, of which Gogo keeps only the text. */
    private static @Nullable Statement statement(@Nullable Job job) {
        return job != null && job.command() instanceof Statement statement ? statement : null;
    }

    /**
     * Returns whether the statement assigns the result of a command. If at least two tokens follow {@code =}, the first of them is a
     * command.
     */
    private static boolean isAssignment(List<Token> tokens) {
        return tokens.size() > 3 && Token.eq("=", tokens.get(1));
    }

    /**
     * Returns whether the statement is the last one of a condition of the outer statement. The value of that statement is the value of the
     * condition.
     */
    private static boolean isTested(Statement statement, @Nullable Statement outer) {
        List<Token> tokens = outer == null ? List.of() : outer.tokens();
        if (tokens.isEmpty() || !CONDITIONALS.contains(function(tokens.getFirst()))) {
            return false;
        }
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.get(i) instanceof Closure closure
                    && (i == 1 || Token.eq(ELSE_IF, tokens.get(i - 1)))
                    && isLast(statement, closure)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private static boolean isLast(Statement statement, Closure closure) {
        return !closure.program().tokens().isEmpty()
                && closure.program().tokens().getLast() == statement;
    }

    private static String function(Token command) {
        String name = command.toString();
        return name.substring(name.indexOf(':') + 1);
    }
}
