package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.DamageView;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A look at all blocks of level I. */
@Component(service = Verify.class)
@GogoCommand(scope = "malloc9", function = "verify")
public final class Verify implements Completing {

    private final RunningKernel kernel;

    @Activate
    public Verify(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("look at all blocks of level I, and print what is damaged")
    public View verify(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        boolean json = Formats.isJson(format, Messages.USAGE_VERIFY);
        View damages = new DamageView(kernel.operator().verify());
        return Formats.of(json, damages);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
