package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
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
public final class Suspects implements Completing {

    private static final String FORGET = "--forget";

    private final RunningKernel kernel;

    @Activate
    public Suspects(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("print which types may have damaged memory, and which share zones")
    public View suspects(
            @Descriptor("nobody is suspected any more, until more is found")
                    @Parameter(names = FORGET, presentValue = "true", absentValue = "false")
                    boolean forget,
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        boolean json = Formats.isJson(format, Messages.USAGE_SUSPECTS);
        if (forget) {
            kernel.operator().forgetSuspects();
        }
        return Formats.of(json, new SuspectsView(kernel.view().suspects()));
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
