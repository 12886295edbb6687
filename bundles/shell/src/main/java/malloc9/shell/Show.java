package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.memstat.view.MallocTable;
import malloc9.memstat.view.UmaTable;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.MemoryTable;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The kernel debugger's views, ddb(4). */
@Component(service = Show.class)
@GogoCommand(scope = "malloc9", function = "show")
public final class Show implements Completing {

    private static final String MALLOC = "malloc";
    private static final String UMA = "uma";

    private final RunningKernel kernel;

    @Activate
    public Show(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("show what the kernel debugger shows, newest first: malloc, all memory types; uma, all zones")
    public MemoryTable show(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("malloc or uma") String... what) {
        boolean json = Formats.isJson(format, Messages.USAGE_SHOW);
        return switch (what.length == 1 ? what[0] : "") {
            case MALLOC -> new MemoryTable(new MallocTable(kernel.memory().types()), json);
            case UMA -> new MemoryTable(new UmaTable(kernel.memory().zones()), json);
            default -> throw new CommandFailed(Messages.USAGE_SHOW);
        };
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (!arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION)) {
            return Formats.ALL;
        }
        return arguments.contains(MALLOC) || arguments.contains(UMA) ? List.of() : List.of(MALLOC, UMA);
    }
}
