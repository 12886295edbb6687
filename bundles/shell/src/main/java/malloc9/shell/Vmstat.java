package malloc9.shell;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import malloc9.api.runtime.TypeStats;
import malloc9.api.runtime.ZoneStats;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.TypeTable;
import malloc9.shell.view.View;
import malloc9.shell.view.ZoneTable;
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
    public View vmstat(
            @Descriptor("memory types") @Parameter(names = TYPES, presentValue = "true", absentValue = "false")
                    boolean types,
            @Descriptor("zones of the slab allocator")
                    @Parameter(names = ZONES, presentValue = "true", absentValue = "false")
                    boolean zones,
            @Descriptor("TYPE or ZONE names: these rows only") String... names) {
        if (types == zones) {
            throw new CommandFailed(Messages.USAGE_VMSTAT);
        }
        return types
                ? new TypeTable(chosen(kernel.view().types(), TypeStats::name, names, Messages::noSuchType))
                : new ZoneTable(chosen(kernel.view().zones(), ZoneStats::name, names, Messages::noSuchZone));
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (arguments.contains(TYPES)) {
            return kernel.view().types().stream().map(TypeStats::name).toList();
        }
        return arguments.contains(ZONES)
                ? kernel.view().zones().stream().map(ZoneStats::name).toList()
                : List.of(TYPES, ZONES);
    }

    /** The rows with these names, in their own order; all if no name is given. */
    private static <T> List<T> chosen(
            List<T> rows, Function<T, String> nameOf, String[] names, Function<String, String> missing) {
        for (String name : names) {
            if (rows.stream().map(nameOf).noneMatch(name::equals)) {
                throw new CommandFailed(missing.apply(name));
            }
        }
        Set<String> wanted = Set.copyOf(List.of(names));
        return names.length == 0
                ? rows
                : rows.stream()
                        .filter(row -> wanted.contains(nameOf.apply(row)))
                        .toList();
    }
}
