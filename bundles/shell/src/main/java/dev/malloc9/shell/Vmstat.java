package dev.malloc9.shell;

import dev.malloc9.api.runtime.Snapshot;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.view.TypeTable;
import dev.malloc9.memstat.view.ZoneTable;
import dev.malloc9.shell.prompt.Screen;
import dev.malloc9.shell.view.LiveTable;
import dev.malloc9.shell.view.MemoryTable;
import dev.malloc9.shell.view.Sizes;
import dev.malloc9.shell.view.TypeView;
import dev.malloc9.shell.view.View;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command vmstat(8): shows kernel memory by type or by zone, once or as a live view. The live view shows types unless zones are
 * requested.
 */
@Component(service = Vmstat.class)
@GogoCommand(scope = "malloc9", function = "vmstat")
public final class Vmstat extends ShellCommand {

    private static final String DESCRIPTION = "show kernel memory by type or by zone, once or again and again";

    private static final String TYPES = "-m";
    private static final String ZONES = "-z";
    private static final String BUNDLES = "-b";
    private static final String REPEAT = "-w";
    private static final String COUNT = "-c";
    private static final String SORT = "-s";

    private final RunningKernel kernel;

    @Activate
    public Vmstat(@Reference RunningKernel kernel) {
        super(Syntax.withSizes(Messages.USAGE_VMSTAT, DESCRIPTION)
                .flag(TYPES, "memory types")
                .flag(ZONES, "zones of the slab allocator")
                .flag(BUNDLES, "with the bundles that own the types")
                .option(REPEAT, "SECS", "look again so often, until Ctrl-C")
                .option(COUNT, "COUNT", "with -w, so many looks")
                .option(SORT, "ORDER", "with -w, bytes, growth or rate")
                .format()
                .operands("NAME", "types or zones: these rows only"));
        this.kernel = kernel;
    }

    /** The parts and the format of the figures that one call requests. If {@code types} is false, zones are requested. */
    private record Request(boolean types, boolean bundles, Sizes sizes, boolean json, List<String> names) {}

    @Descriptor(DESCRIPTION)
    public @Nullable Object vmstat(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> show(session, arguments));
    }

    private @Nullable View show(CommandSession session, Arguments arguments) {
        boolean types = arguments.has(TYPES);
        boolean zones = arguments.has(ZONES);
        boolean bundles = arguments.has(BUNDLES);
        boolean humane = arguments.has(Formats.HUMANE);
        Repetition repetition = Repetition.of(arguments, REPEAT, COUNT, SORT);
        boolean ofTypes = types || (repetition != null && !zones);
        if (!ofTypes && !zones) {
            throw new CommandFailed(Messages.USAGE_VMSTAT);
        }
        if (types && zones) {
            throw arguments.wrong("-m excludes", ZONES);
        }
        if (zones && bundles) {
            throw arguments.wrong("-z excludes", BUNDLES);
        }
        if (zones && humane && repetition == null) {
            throw arguments.wrong("-z without -w excludes", Formats.HUMANE);
        }
        Request request = new Request(ofTypes, bundles, Sizes.of(humane), arguments.isJson(), arguments.operands());
        if (repetition == null) {
            return once(request);
        }
        figures(request);
        try (Screen screen = Screen.open(session, !request.json)) {
            repetition.run(
                    () -> figures(request),
                    new LiveTable.Layout(ofTypes ? "Type" : "Zone", repetition.order(), bundles, request.sizes),
                    table -> request.json ? table.json() : table.text(),
                    screen);
        }
        return null;
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        switch (arguments.isEmpty() ? "" : arguments.getLast()) {
            case Formats.OPTION -> {
                return Formats.ALL;
            }
            case SORT -> {
                return Stream.of(LiveTable.Order.values())
                        .map(LiveTable.Order::word)
                        .toList();
            }
            case REPEAT, COUNT -> {
                return List.of();
            }
            default -> {}
        }
        if (arguments.contains(TYPES)) {
            return kernel.view().types().stream()
                    .map(TypeStats::name)
                    .distinct()
                    .toList();
        }
        return arguments.contains(ZONES)
                ? kernel.view().zones().stream().map(ZoneStats::name).distinct().toList()
                : List.of(TYPES, ZONES);
    }

    private View once(Request request) {
        if (!request.types) {
            return new MemoryTable(new ZoneTable(
                    chosen(kernel.memory().zones(), request.names, MemoryType::name, true, Messages::noSuchZone)));
        }
        return request.bundles || request.sizes != Sizes.EXACT
                ? new TypeView(
                        chosen(kernel.view().types(), request.names, TypeStats::name, false, Messages::noSuchType),
                        request.bundles,
                        request.sizes)
                : new MemoryTable(new TypeTable(
                        chosen(kernel.memory().types(), request.names, MemoryType::name, true, Messages::noSuchType)));
    }

    private List<LiveTable.Figures> figures(Request request) {
        Snapshot now = kernel.view().snapshot();
        return request.types
                ? chosen(now.types(), request.names, TypeStats::name, false, Messages::noSuchType).stream()
                        .map(type -> new LiveTable.Figures(
                                type.name(), type.owner(), type.inUse(), type.bytesInUse(), type.allocs()))
                        .toList()
                : chosen(now.zones(), request.names, ZoneStats::name, false, Messages::noSuchZone).stream()
                        .map(zone -> new LiveTable.Figures(
                                zone.name(), null, zone.used(), zone.used() * zone.size(), zone.requests()))
                        .toList();
    }

    /** A function that returns the message for a name that is not among the known ones. */
    @FunctionalInterface
    private interface Missing {
        String message(String name, Collection<String> known);
    }

    /**
     * Returns the rows with these names, in the order of the rows; all rows if no name is given. Several rows may have one name.
     *
     * @param cut whether the names of the rows are cut to the length that memstat's streams carry. If they are, the given names are cut
     *     too.
     * @throws CommandFailed if a name is not among the rows
     */
    private static <T> List<T> chosen(
            List<T> rows, List<String> names, Function<T, String> nameOf, boolean cut, Missing missing) {
        if (names.isEmpty()) {
            return rows;
        }
        Set<String> known = Set.copyOf(rows.stream().map(nameOf).toList());
        List<String> wanted =
                names.stream().map(name -> cut ? MemoryType.cut(name) : name).toList();
        for (int i = 0; i < wanted.size(); i++) {
            if (!known.contains(wanted.get(i))) {
                throw new CommandFailed(missing.message(names.get(i), known));
            }
        }
        return rows.stream().filter(row -> wanted.contains(nameOf.apply(row))).toList();
    }
}
