package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.PanicTable;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The panics that the kernel survived. */
@Component(service = Panics.class)
@GogoCommand(scope = "malloc9", function = "panics")
public final class Panics implements Completing {

    private final RunningKernel kernel;

    @Activate
    public Panics(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("list the contained panics: when, which module, which thread, what")
    public View panics(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        return Formats.of(format, new PanicTable(kernel.view().panics()), Messages.USAGE_PANICS);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
