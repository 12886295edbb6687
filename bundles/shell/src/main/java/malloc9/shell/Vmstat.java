package malloc9.shell;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import malloc9.memstat.MemoryType;
import malloc9.memstat.view.Table;
import malloc9.memstat.view.TypeTable;
import malloc9.memstat.view.ZoneTable;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.MemoryTable;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** vmstat(8), its two views of kernel memory. */
@Component(service = Vmstat.class)
@GogoCommand(scope = "malloc9", function = "vmstat")
public final class Vmstat implements Completing {

    private static final String TYPES = "-m";
    private static final String ZONES = "-z";

    private final RunningKernel kernel;

    @Activate
    public Vmstat(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("show kernel memory by type or by zone")
    public MemoryTable vmstat(
            @Descriptor("memory types") @Parameter(names = TYPES, presentValue = "true", absentValue = "false")
                    boolean types,
            @Descriptor("zones of the slab allocator")
                    @Parameter(names = ZONES, presentValue = "true", absentValue = "false")
                    boolean zones,
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("TYPE or ZONE names: these rows only") String... names) {
        if (types == zones) {
            throw new CommandFailed(Messages.USAGE_VMSTAT);
        }
        boolean json = Formats.isJson(format, Messages.USAGE_VMSTAT);
        Table table = types
                ? new TypeTable(chosen(kernel.memory().types(), names, Messages::noSuchType))
                : new ZoneTable(chosen(kernel.memory().zones(), names, Messages::noSuchZone));
        return new MemoryTable(table, json);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (!arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION)) {
            return Formats.ALL;
        }
        if (arguments.contains(TYPES)) {
            return names(kernel.memory().types());
        }
        return arguments.contains(ZONES) ? names(kernel.memory().zones()) : List.of(TYPES, ZONES);
    }

    private static List<String> names(List<MemoryType> rows) {
        return rows.stream().map(MemoryType::name).distinct().toList();
    }

    /** The rows with these names, which may be longer than the stream's, in their own order; all if no name is given. */
    private static List<MemoryType> chosen(List<MemoryType> rows, String[] names, Function<String, String> missing) {
        for (String name : names) {
            if (rows.stream().noneMatch(row -> row.name().equals(MemoryType.cut(name)))) {
                throw new CommandFailed(missing.apply(name));
            }
        }
        Set<String> wanted = Stream.of(names).map(MemoryType::cut).collect(Collectors.toSet());
        return names.length == 0
                ? rows
                : rows.stream().filter(row -> wanted.contains(row.name())).toList();
    }
}
