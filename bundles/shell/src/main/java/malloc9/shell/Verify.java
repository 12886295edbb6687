package malloc9.shell;

import java.util.List;
import malloc9.api.runtime.Damage;
import malloc9.shell.view.Lines;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A look at all blocks of level I. */
@Component(service = Verify.class)
@GogoCommand(scope = "malloc9", function = "verify")
public final class Verify {

    private final RunningKernel kernel;

    @Activate
    public Verify(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("look at all blocks of level I, in use and freed, and print what is damaged")
    public Lines verify() {
        List<Damage> damages = kernel.operator().verify();
        return new Lines(
                damages.isEmpty()
                        ? List.of("no damage")
                        : damages.stream()
                                .flatMap(damage -> damage.report().stream())
                                .toList());
    }
}
