package dev.malloc9.shell;

import dev.malloc9.shell.view.AddressView;
import java.util.Collection;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code whatis}: shows the contents of the first address in its operands, as mdb's {@code ::whatis}. The operands are taken as
 * one text.
 */
@Component(service = Whatis.class)
@GogoCommand(scope = "malloc9", function = "whatis")
public final class Whatis extends ShellCommand {

    private static final String DESCRIPTION = "show the block at an address, its owner and its allocation site";

    private final RunningKernel kernel;

    @Activate
    public Whatis(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_WHATIS, DESCRIPTION)
                .format()
                .operands("ADDRESS|TEXT", "an address, or a line of text that has one, in quotes"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object whatis(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            if (arguments.operands().isEmpty()) {
                throw new CommandFailed(Messages.USAGE_WHATIS);
            }
            String text = String.join(" ", arguments.operands());
            Pasted pasted = Pasted.in(text).orElseThrow(() -> new CommandFailed(Messages.noAddress(text)));
            return new AddressView(kernel.view().whatis(pasted.address()));
        });
    }

    /** Returns no completions, because addresses are pasted. */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        return List.of();
    }
}
