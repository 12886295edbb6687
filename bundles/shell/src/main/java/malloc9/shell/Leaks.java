package malloc9.shell;

import malloc9.shell.view.LeakTable;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What stopped bundles forgot. */
@Component(service = Leaks.class)
@GogoCommand(scope = "malloc9", function = "leaks")
public final class Leaks {

    private final RunningKernel kernel;

    @Activate
    public Leaks(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("list what stopped modules forgot, by type and block size")
    public LeakTable leaks() {
        return new LeakTable(kernel.view().leaks());
    }
}
