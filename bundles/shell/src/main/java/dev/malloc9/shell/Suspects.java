package dev.malloc9.shell;

import dev.malloc9.shell.view.SuspectsView;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code suspects}: lists the types that may have corrupted memory, and all types by the zones that they share. With {@code
 * --forget}, the list of suspects is cleared before.
 */
@Component(service = Suspects.class)
@GogoCommand(scope = "malloc9", function = "suspects")
public final class Suspects extends ShellCommand {

    private static final String DESCRIPTION = "print which types may have damaged memory, and which share zones";

    private static final String FORGET = "--forget";

    private final RunningKernel kernel;

    @Activate
    public Suspects(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_SUSPECTS, DESCRIPTION)
                .flag(FORGET, "suspect no type any more, until more is found")
                .format());
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object suspects(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            if (arguments.has(FORGET)) {
                kernel.operator().forgetSuspects();
            }
            return new SuspectsView(kernel.view().suspects());
        });
    }
}
