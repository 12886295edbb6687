package malloc9.shell;

import java.util.ArrayList;
import java.util.List;
import malloc9.api.runtime.SuspectsInfo;
import malloc9.shell.view.Lines;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Who may have corrupted memory. */
@Component(service = Suspects.class)
@GogoCommand(scope = "malloc9", function = "suspects")
public final class Suspects {

    private final RunningKernel kernel;

    @Activate
    public Suspects(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("print which types may have done the damage that was found, and which share zones")
    public Lines suspects() {
        SuspectsInfo info = kernel.view().suspects();
        List<String> lines = new ArrayList<>();
        lines.add(info.hits() + " findings, suspects: " + names(info.types()));
        for (int set = 0; set < info.sets().size(); set++) {
            lines.add("set " + set + ": " + names(info.sets().get(set)));
        }
        return new Lines(lines);
    }

    private static String names(List<String> types) {
        return types.isEmpty() ? "none" : String.join(", ", types);
    }
}
