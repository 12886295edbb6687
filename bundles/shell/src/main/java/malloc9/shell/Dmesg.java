package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.MessageList;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** dmesg(8): the kernel's message buffer. */
@Component(service = Dmesg.class)
@GogoCommand(scope = "malloc9", function = "dmesg")
public final class Dmesg implements Completing {

    private final RunningKernel kernel;

    @Activate
    public Dmesg(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("print the kernel's last messages, oldest first")
    public View dmesg(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        return Formats.of(format, new MessageList(kernel.view().messages()), Messages.USAGE_DMESG);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
