package malloc9.shell;

import malloc9.shell.view.SuspectsView;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Who may have corrupted memory. */
@Component(service = Suspects.class)
@GogoCommand(scope = "malloc9", function = "suspects")
public final class Suspects {

    private final RunningKernel kernel;

    @Activate
    public Suspects(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("print which types may have damaged memory, and which share zones")
    public View suspects(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        return Formats.of(format, new SuspectsView(kernel.view().suspects()), Messages.USAGE_SUSPECTS);
    }
}
