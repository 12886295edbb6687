package malloc9.shell;

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
public final class Vmstat {

    private final RunningKernel kernel;

    @Activate
    public Vmstat(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("show kernel memory by type or by zone")
    public View vmstat(
            @Descriptor("memory types") @Parameter(names = "-m", presentValue = "true", absentValue = "false")
                    boolean types,
            @Descriptor("zones of the slab allocator")
                    @Parameter(names = "-z", presentValue = "true", absentValue = "false")
                    boolean zones,
            @Descriptor("nothing else") String... rest) {
        if (types == zones || rest.length > 0) {
            throw new CommandFailed(Messages.USAGE_VMSTAT);
        }
        return types
                ? new TypeTable(kernel.view().types())
                : new ZoneTable(kernel.view().zones());
    }
}
