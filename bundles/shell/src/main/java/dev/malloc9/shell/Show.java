package dev.malloc9.shell;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.memstat.view.UmaTable;
import dev.malloc9.shell.view.FreePagesView;
import dev.malloc9.shell.view.Lines;
import dev.malloc9.shell.view.Listing;
import dev.malloc9.shell.view.MatchList;
import dev.malloc9.shell.view.MemoryTable;
import dev.malloc9.shell.view.TypeRows;
import dev.malloc9.shell.view.View;
import java.util.Collection;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code show}: prints the views of the kernel debugger ddb(4). */
@Component(service = Show.class)
@GogoCommand(scope = "malloc9", function = "show")
public final class Show extends ShellCommand {

    private static final String DESCRIPTION = "show the tables of the kernel debugger: types, zones, free pages";

    private static final String MALLOC = "malloc";
    private static final String UMA = "uma";
    private static final String FREE_PAGES = "freepages";
    private static final String MULTIZONE_MATCHES = "multizone_matches";

    private static final List<String> ALL = List.of(FREE_PAGES, MALLOC, MULTIZONE_MATCHES, UMA);

    private final RunningKernel kernel;

    @Activate
    public Show(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_SHOW, DESCRIPTION)
                .format()
                .operands("VIEW [TYPE]", "malloc, uma, freepages, or multizone_matches and a type"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object show(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            List<String> operands = arguments.operands();
            return switch (operands.isEmpty() ? "" : operands.getFirst()) {
                case "" -> throw new CommandFailed(Messages.USAGE_SHOW);
                case MULTIZONE_MATCHES -> matches(arguments);
                case MALLOC -> {
                    arguments.operand();
                    yield arguments.isJson() ? TypeRows.of(kernel.view()) : Listing.of(kernel.view());
                }
                case UMA -> {
                    arguments.operand();
                    yield new MemoryTable(new UmaTable(kernel.memory().zones()));
                }
                case FREE_PAGES -> {
                    arguments.operand();
                    yield new FreePagesView(kernel.view().freePages());
                }
                default -> throw arguments.wrong("unknown view", operands.getFirst());
            };
        });
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (!arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION)) {
            return Formats.ALL;
        }
        if (!arguments.isEmpty() && arguments.getLast().equals(MULTIZONE_MATCHES)) {
            return kernel.view().types().stream()
                    .map(TypeStats::name)
                    .distinct()
                    .toList();
        }
        return arguments.stream().anyMatch(ALL::contains) ? List.of() : ALL;
    }

    /**
     * Returns the types that share zones with the types of the given name, which are among them. Without a name, returns the usage as DDB
     * prints it.
     *
     * @throws CommandFailed if there is no such type, or more than one name is given
     */
    private View matches(Arguments arguments) {
        List<String> operands = arguments.operands();
        if (operands.size() == 1) {
            return new Lines(List.of(Messages.USAGE_MATCHES));
        }
        if (operands.size() > 2) {
            throw arguments.unexpected(operands.get(2));
        }
        String type = operands.get(1);
        List<List<String>> sets = kernel.view().suspects().sets();
        List<String> found = sets.stream()
                .filter(set -> set.contains(type))
                .flatMap(set -> set.reversed().stream())
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailed(Messages.noSuchType(
                    type, sets.stream().flatMap(List::stream).toList()));
        }
        return new MatchList(found);
    }
}
