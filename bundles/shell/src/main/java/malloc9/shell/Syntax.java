package malloc9.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import malloc9.memstat.view.Printable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The options and operands that a command takes, as a model of picocli.
 *
 * <p>Each command has {@code --help}, and {@code -h} means the same except where it means sizes for people.
 */
final class Syntax {

    private static final String HELP = "--help";

    private final String usage;
    private final CommandSpec model;

    private Syntax(String usage, String description, String... help) {
        this.usage = usage;
        String name = usage.substring(Messages.USAGE.length()).split(" ", 2)[0];
        this.model = CommandSpec.create().name(name);
        model.usageMessage()
                .synopsisHeading(Messages.USAGE)
                .customSynopsis(usage.substring(Messages.USAGE.length()))
                .description(description)
                .sortOptions(false);
        model.parser().collectErrors(false);
        model.addOption(OptionSpec.builder(help)
                .type(boolean.class)
                .usageHelp(true)
                .description("show this")
                .build());
    }

    /**
     * The syntax of a command where {@code -h} is help.
     *
     * @param usage its usage on one line, beginning with {@link Messages#USAGE}
     */
    static Syntax of(String usage, String description) {
        return new Syntax(usage, description, "-h", HELP);
    }

    /** The syntax of a command that shows sizes, for people if {@link Formats#HUMANE} is given. */
    static Syntax withSizes(String usage, String description) {
        return new Syntax(usage, description, HELP).flag(Formats.HUMANE, Formats.HUMANE_DESCRIPTION);
    }

    /** Adds an option without a value. */
    Syntax flag(String name, String description) {
        model.addOption(OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build());
        return this;
    }

    /** Adds an option with a value. */
    Syntax option(String name, String label, String description) {
        model.addOption(OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    /** Adds {@link Formats#OPTION}. */
    Syntax format() {
        return option(Formats.OPTION, "FORMAT", Formats.DESCRIPTION);
    }

    /** Adds any number of operands. */
    Syntax operands(String label, String description) {
        model.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(String[].class)
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    /** Returns the usage on one line. */
    String usage() {
        return usage;
    }

    /** Returns the descriptions of all options by their names. */
    Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        for (OptionSpec option : model.options()) {
            String label = option.type() == String.class ? option.paramLabel() + ": " : "";
            Stream.of(option.names()).forEach(name -> options.put(name, label + option.description()[0]));
        }
        return options;
    }

    /** Returns what {@code --help} prints. */
    String help() {
        return new CommandLine(model).getUsageMessage(Ansi.OFF).stripTrailing();
    }

    /**
     * Parses the words of a call.
     *
     * @param given as Gogo passes them: a variable that is not set is null, and is left out as in a Unix shell
     * @return null if help was asked for
     * @throws CommandFailed if they are not as the syntax says
     */
    @Nullable
    Arguments parse(@Nullable String[] given) {
        String[] words = Arrays.stream(given).filter(Objects::nonNull).toArray(String[]::new);
        CommandLine parser = new CommandLine(model)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true);
        // A model of picocli keeps the values of its last call.
        synchronized (model) {
            try {
                ParseResult result = parser.parseArgs(words);
                return result.isUsageHelpRequested() ? null : checked(new Arguments(this, result));
            } catch (UnmatchedArgumentException e) {
                List<String> unknown = e.getUnmatched();
                throw e.isUnknownOption()
                        ? wrong("unknown option", unknown.getFirst())
                        : unexpected(unknown.getFirst());
            } catch (MissingParameterException e) {
                throw e.getMissing().getFirst() instanceof OptionSpec option
                        ? new CommandFailed(Messages.wrong(option.names()[0] + " needs " + option.paramLabel(), usage))
                        : new CommandFailed(usage);
            } catch (ParameterException e) {
                throw new CommandFailed(Messages.wrong(Printable.of(String.valueOf(e.getMessage())), usage), e);
            }
        }
    }

    private Arguments checked(Arguments arguments) {
        String format = arguments.value(Formats.OPTION);
        if (format != null && !Formats.ALL.contains(format)) {
            throw wrong("unknown format", format);
        }
        return arguments;
    }

    /** Returns the refusal of a word that is one too many. */
    CommandFailed unexpected(String word) {
        return wrong("unexpected argument", word);
    }

    /** Returns the refusal of a word. */
    CommandFailed wrong(String problem, String word) {
        return new CommandFailed(Messages.wrong(problem + ": " + Printable.of(word), usage));
    }
}
