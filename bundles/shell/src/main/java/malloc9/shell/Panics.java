package malloc9.shell;

import malloc9.shell.view.PanicTable;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The panics that the kernel survived. */
@Component(service = Panics.class)
@GogoCommand(scope = "malloc9", function = "panics")
public final class Panics {

    private final RunningKernel kernel;

    @Activate
    public Panics(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("list the contained panics: when, which module, which thread, what")
    public PanicTable panics() {
        return new PanicTable(kernel.view().panics());
    }
}
