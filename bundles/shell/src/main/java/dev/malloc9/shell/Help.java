package dev.malloc9.shell;

import dev.malloc9.shell.manual.Command;
import dev.malloc9.shell.manual.Commands;
import dev.malloc9.shell.view.Lines;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code help}: lists the commands of the kernel and its modules, or explains one of them. The explanation is the manual page
 * of that topic; without a page, the text of Gogo's own help. Gogo's own help also lists the commands of Gogo and Felix.
 */
@Component(service = Help.class)
@GogoCommand(scope = "malloc9", function = "help")
public final class Help extends ShellCommand {

    private static final String DESCRIPTION = "list the commands of the kernel and its modules, or explain one";

    /** Gogo's help command. It explains a command that has no manual page. */
    private static final String OTHERS = "felix:help";

    private final Commands commands;
    private final Man man;

    @Activate
    public Help(@Reference Commands commands, @Reference Man man) {
        super(Syntax.of(Messages.USAGE_HELP, DESCRIPTION).operands("COMMAND", "the command to explain"));
        this.commands = commands;
        this.man = man;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object help(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> arguments.operands().isEmpty() ? list() : explain(session, arguments.operand()));
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? commands.all().stream().map(Command::name).toList() : List.of();
    }

    private Lines list() {
        List<Command> all = commands.all();
        int width =
                all.stream().mapToInt(command -> command.name().length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        for (Command command : all) {
            String gap = " ".repeat(width - command.name().length());
            lines.add((command.name() + gap + "  " + command.description()).stripTrailing());
        }
        lines.add(Messages.HELP_HINT);
        return new Lines(lines);
    }

    private @Nullable Object explain(CommandSession session, String name) {
        if (man.knows(name)) {
            return man.show(session, man.page(name));
        }
        if (session.get(OTHERS) instanceof Function others) {
            return othersHelp(others, session, name);
        }
        throw new CommandFailed(Messages.noHelp(name));
    }

    private static @Nullable Object othersHelp(Function others, CommandSession session, String name) {
        try {
            return others.execute(session, List.of(name));
        } catch (Exception e) {
            throw new CommandFailed(Messages.noHelp(name), e);
        }
    }
}
