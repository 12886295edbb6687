package dev.malloc9.shell;

import dev.malloc9.shell.view.PanicTable;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code panics}: lists the kernel's records of contained panics, which did not stop the kernel. */
@Component(service = Panics.class)
@GogoCommand(scope = "malloc9", function = "panics")
public final class Panics extends ShellCommand {

    private static final String DESCRIPTION = "list the contained panics: time, module, thread and text";

    private final RunningKernel kernel;

    @Activate
    public Panics(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_PANICS, DESCRIPTION).format());
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object panics(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> new PanicTable(kernel.view().panics()));
    }
}
