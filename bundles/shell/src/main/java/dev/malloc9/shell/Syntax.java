package dev.malloc9.shell;

import dev.malloc9.memstat.view.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
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
 * The syntax of a command: its options and operands, as a model of picocli.
 *
 * <p>Each command has the option {@code --help}. The option {@code -h} is the same, except in commands where it selects sizes with units.
 * The methods that add options and operands change this object and return it.
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
     * Returns the syntax of a command whose option {@code -h} is help.
     *
     * @param usage the usage on one line, which begins with {@link Messages#USAGE}
     */
    static Syntax of(String usage, String description) {
        return new Syntax(usage, description, "-h", HELP);
    }

    /** Returns the syntax of a command that shows sizes. Its option {@link Formats#HUMANE} selects sizes with units. */
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

    /** Adds an option with a value. If the option is given several times, the last value is used. */
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

    /**
     * Returns the descriptions of all options by their names, sorted, with those of help. If an option has a value, its description begins
     * with the label of the value.
     */
    Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        for (OptionSpec option : model.options()) {
            String label = option.type() == String.class ? option.paramLabel() + ": " : "";
            Stream.of(option.names()).forEach(name -> options.put(name, label + option.description()[0]));
        }
        return options;
    }

    /** Returns the text that {@code --help} prints. */
    String help() {
        return new CommandLine(model).getUsageMessage(Ansi.OFF).stripTrailing();
    }

    /**
     * Parses the words of a call. Any number of threads may call this method.
     *
     * @param given the words that Gogo passes. A variable that is not set is null, and is ignored as in a Unix shell.
     * @return the parsed words; null if help was requested
     * @throws CommandFailed if the words do not follow the syntax, or the format is unknown
     */
    @Nullable
    Arguments parse(@Nullable String[] given) {
        String[] words = Arrays.stream(given).filter(Objects::nonNull).toArray(String[]::new);
        CommandLine parser = new CommandLine(model)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true);
        // A picocli model keeps the values of its last call, until the arguments are copied from it.
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

    /** Returns the exception for a word that the command does not take. The caller throws it. */
    CommandFailed unexpected(String word) {
        return wrong("unexpected argument", word);
    }

    /** Returns the exception for a word that the command refuses, with the usage in its message. The caller throws it. */
    CommandFailed wrong(String problem, String word) {
        return new CommandFailed(Messages.wrong(problem + ": " + Printable.of(word), usage));
    }
}
