package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.MallocTable;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The kernel debugger's views, ddb(4). */
@Component(service = Show.class)
@GogoCommand(scope = "malloc9", function = "show")
public final class Show implements Completing {

    private static final String MALLOC = "malloc";

    private final RunningKernel kernel;

    @Activate
    public Show(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("show what the kernel debugger shows: malloc, all memory types, newest first")
    public MallocTable show(@Descriptor("malloc") String... what) {
        if (what.length != 1 || !what[0].equals(MALLOC)) {
            throw new CommandFailed(Messages.USAGE_SHOW);
        }
        return new MallocTable(kernel.view().types());
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? List.of(MALLOC) : List.of();
    }
}
