package malloc9.shell;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import malloc9.api.runtime.TypeStats;
import malloc9.memstat.view.UmaTable;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.FreePagesView;
import malloc9.shell.view.Lines;
import malloc9.shell.view.Listing;
import malloc9.shell.view.MatchList;
import malloc9.shell.view.MemoryTable;
import malloc9.shell.view.TypeRows;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The kernel debugger's views, ddb(4). */
@Component(service = Show.class)
@GogoCommand(scope = "malloc9", function = "show")
public final class Show implements Completing {

    private static final String MALLOC = "malloc";
    private static final String UMA = "uma";
    private static final String FREE_PAGES = "freepages";
    private static final String MULTIZONE_MATCHES = "multizone_matches";

    private static final List<String> ALL = List.of(FREE_PAGES, MALLOC, MULTIZONE_MATCHES, UMA);

    private final RunningKernel kernel;

    @Activate
    public Show(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("show what the kernel debugger would: types, zones, free pages")
    public View show(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("malloc, uma, freepages, or multizone_matches and a TYPE") @Nullable String... given) {
        String[] what = Words.there(given);
        boolean json = Formats.isJson(format, Messages.USAGE_SHOW);
        View shown = switch (what.length == 0 ? "" : what[0]) {
            case MALLOC -> alone(what, () -> json ? TypeRows.of(kernel.view()) : Listing.of(kernel.view()));
            case UMA ->
                alone(what, () -> new MemoryTable(new UmaTable(kernel.memory().zones())));
            case FREE_PAGES -> alone(what, () -> new FreePagesView(kernel.view().freePages()));
            case MULTIZONE_MATCHES -> matches(what);
            default -> throw new CommandFailed(Messages.USAGE_SHOW);
        };
        return Formats.of(json, shown);
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

    private static View alone(String[] what, Supplier<View> view) {
        if (what.length > 1) {
            throw new CommandFailed(Messages.USAGE_SHOW);
        }
        return view.get();
    }

    /** The types that share zones with those of a name. */
    private View matches(String[] what) {
        if (what.length == 1) {
            return new Lines(List.of(Messages.USAGE_MATCHES));
        }
        if (what.length > 2) {
            throw new CommandFailed(Messages.USAGE_SHOW);
        }
        List<List<String>> sets = kernel.view().suspects().sets();
        List<String> found = sets.stream()
                .filter(set -> set.contains(what[1]))
                .flatMap(set -> set.reversed().stream())
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailed(Messages.noSuchType(
                    what[1], sets.stream().flatMap(List::stream).toList()));
        }
        return new MatchList(found);
    }
}
