package dev.malloc9.shell;

import dev.malloc9.shell.view.MessageList;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command dmesg(8): prints the messages in the kernel's message buffer, oldest first. */
@Component(service = Dmesg.class)
@GogoCommand(scope = "malloc9", function = "dmesg")
public final class Dmesg extends ShellCommand {

    private static final String DESCRIPTION = "print the kernel's last messages, oldest first";

    private final RunningKernel kernel;

    @Activate
    public Dmesg(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_DMESG, DESCRIPTION)
                .flag("-a", "the whole message buffer, which is all that the kernel keeps")
                .format());
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object dmesg(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> new MessageList(kernel.view().messages()));
    }
}
