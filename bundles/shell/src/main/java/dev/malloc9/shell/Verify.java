package dev.malloc9.shell;

import dev.malloc9.shell.view.DamageView;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code verify}: checks the blocks that were allocated at level I, also after their free, and prints the damage. */
@Component(service = Verify.class)
@GogoCommand(scope = "malloc9", function = "verify")
public final class Verify extends ShellCommand {

    private static final String DESCRIPTION = "check all blocks of level I, and print the damage";

    private final RunningKernel kernel;

    @Activate
    public Verify(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_VERIFY, DESCRIPTION).format());
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object verify(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> new DamageView(kernel.operator().verify()));
    }
}
