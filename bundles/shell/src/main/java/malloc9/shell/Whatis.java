package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.AddressView;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What lies at an address, as mdb's {@code ::whatis} tells. */
@Component(service = Whatis.class)
@GogoCommand(scope = "malloc9", function = "whatis")
public final class Whatis implements Completing {

    private final RunningKernel kernel;

    @Activate
    public Whatis(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("say what lies at an address, whose it is and where it is from")
    public View whatis(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("ADDRESS, or a line of text that has one, in quotes") @Nullable String... given) {
        String[] words = Words.there(given);
        if (words.length == 0) {
            throw new CommandFailed(Messages.USAGE_WHATIS);
        }
        String text = String.join(" ", words);
        Pasted pasted = Pasted.in(text).orElseThrow(() -> new CommandFailed(Messages.noAddress(text)));
        return Formats.of(format, new AddressView(kernel.view().whatis(pasted.address())), Messages.USAGE_WHATIS);
    }

    /** Nobody types an address by heart. */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        return List.of();
    }
}
