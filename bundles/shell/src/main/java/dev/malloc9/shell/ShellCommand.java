package dev.malloc9.shell;

import dev.malloc9.shell.manual.Described;
import dev.malloc9.shell.output.Output;
import dev.malloc9.shell.output.Statements;
import dev.malloc9.shell.prompt.Completing;
import dev.malloc9.shell.view.InJson;
import dev.malloc9.shell.view.View;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command of this bundle: parses its words by its {@link Syntax}, and prints its result to its {@link Output}, unless the statement uses
 * the result.
 */
abstract class ShellCommand implements Completing, Described {

    private final Syntax syntax;

    ShellCommand(Syntax syntax) {
        this.syntax = syntax;
    }

    /**
     * Runs one call of the command. With {@code --help}, the result is the help, and {@code body} is not called. With {@code -o json}, a
     * view becomes its JSON.
     *
     * @param body the function that returns a {@link View} or a text to print, or null if everything has been printed
     * @return null if there is nothing left to print; the result itself if the statement uses it
     * @throws CommandFailed if the words are wrong, or the command fails
     * @throws dev.malloc9.shell.output.OutputFailed if the result cannot be written
     */
    final @Nullable Object run(@Nullable String[] words, Function<Arguments, @Nullable Object> body) {
        Arguments arguments = syntax.parse(words);
        Object result = arguments == null ? syntax.help() : body.apply(arguments);
        if (arguments != null && arguments.isJson() && result instanceof View view) {
            result = new InJson(view);
        }
        if (result == null || Statements.useResult()) {
            return result;
        }
        Output.current().println(result instanceof View view ? view.text() : result.toString());
        return null;
    }

    @Override
    public final Map<String, String> options() {
        return syntax.options();
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
