package dev.malloc9.shell.prompt;

import dev.malloc9.shell.manual.Command;
import dev.malloc9.shell.manual.Commands;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/**
 * The completion at the prompt: commands with their descriptions, options with their descriptions, and arguments that the command proposes
 * ({@link Completing}). An argument with a slash is completed as a file.
 *
 * <p>All candidates are computed when Tab is pressed, so that a driver's commands complete as soon as the driver is loaded. Gogo's
 * completion finds the names of all commands, and the arguments of each command that proposes none.
 */
final class Completion implements Completer {

    private static final String OPTION = "-";

    /**
     * The words that need no quotes; only such candidates are offered. If Gogo's line has to escape any other character, it fails and ends
     * the shell.
     */
    private static final Predicate<String> PLAIN =
            Pattern.compile("[\\w./:%+,=@~-]+").asMatchPredicate();

    private final Commands commands;
    private final CommandSession session;
    private final Completer others;

    Completion(Commands commands, CommandSession session, Completer others) {
        this.commands = commands;
        this.session = session;
        this.others = others;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<Candidate> found = new ArrayList<>();
        find(reader, line, found);
        found.stream().filter(candidate -> PLAIN.test(candidate.value())).forEach(candidates::add);
    }

    private void find(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            completeCommand(reader, line, candidates);
        } else if (line.word().indexOf('/') >= 0) {
            new Completers.FilesCompleter(session::currentDir).complete(reader, line, candidates);
        } else {
            List<Candidate> found = commands.ask(
                            line.words().getFirst(), (command, service) -> arguments(command, service, line))
                    .orElse(List.of());
            candidates.addAll(found);
            if (found.isEmpty()) {
                others.complete(reader, line, candidates);
            }
        }
    }

    /** Completes the name of a command with Gogo's completion, and adds the descriptions of the commands of the kernel and its modules. */
    private void completeCommand(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<Candidate> names = new ArrayList<>();
        others.complete(reader, line, names);
        Map<String, String> descriptions =
                commands.all().stream().collect(Collectors.toMap(Command::name, Command::description, (a, b) -> a));
        for (Candidate name : names) {
            String description = descriptions.get(name.value());
            candidates.add(description == null ? name : candidate(name.value(), description));
        }
    }

    /** Returns the options of the command if the word begins with a hyphen; otherwise the words that the command proposes. */
    private static List<Candidate> arguments(Command command, Object service, ParsedLine line) {
        List<Candidate> found = new ArrayList<>();
        if (line.word().startsWith(OPTION)) {
            command.options().forEach((option, description) -> found.add(candidate(option, description)));
        } else if (service instanceof Completing completing) {
            Collection<String> words = completing.candidates(line.words().subList(1, line.wordIndex()));
            words.forEach(word -> found.add(candidate(word, null)));
        }
        return found;
    }

    private static Candidate candidate(String value, @Nullable String description) {
        return new Candidate(value, value, null, description, null, null, true);
    }
}
