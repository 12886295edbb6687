package malloc9.shell;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import malloc9.api.runtime.TypeStats;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.GuardView;
import malloc9.shell.view.KnobTable;
import malloc9.shell.view.KnobTable.Row;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Which types MemGuard guards, memguard(9); a shorter way to its knobs. */
@Component(service = Memguard.class)
@GogoCommand(scope = "malloc9", function = "memguard")
public final class Memguard implements Completing {

    private static final String NODE = "vm.memguard";
    private static final String DESC = "vm.memguard.desc";
    private static final String SEPARATOR = ",";

    private final RunningKernel kernel;

    @Activate
    public Memguard(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("choose the types that MemGuard guards, or show its counters")
    public View memguard(
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("TYPE names, in quotes where they have * or ?; '' for none") @Nullable String... given) {
        String[] types = Words.there(given);
        boolean json = Formats.isJson(format, Messages.USAGE_MEMGUARD);
        Sysctl sysctl = kernel.sysctl();
        View view;
        try {
            view = types.length == 0 ? counters(sysctl) : choose(types);
        } catch (SysctlFailed failed) {
            throw new CommandFailed(SysctlCommand.explained(sysctl, failed), failed);
        }
        return Formats.of(json, view);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION) ? Formats.ALL : typeNames();
    }

    private static View counters(Sysctl sysctl) {
        return new GuardView(
                table(sysctl.knobs(NODE).stream()
                        .map(knob -> new Row(knob, sysctl.readText(knob.name()), null))
                        .toList()),
                List.of());
    }

    private View choose(String[] types) {
        Row row = SysctlCommand.set(kernel, DESC, String.join(SEPARATOR, types));
        List<String> known = typeNames();
        return new GuardView(
                table(List.of(row)),
                Arrays.stream(types)
                        .flatMap(type -> Arrays.stream(type.split(SEPARATOR, -1)))
                        .map(String::strip)
                        .filter(type -> !type.isEmpty() && type.indexOf('*') < 0 && type.indexOf('?') < 0)
                        .filter(type -> !known.contains(type))
                        .map(type -> Messages.notYet(type, known))
                        .toList());
    }

    private static KnobTable table(List<Row> rows) {
        return new KnobTable(rows, KnobTable.What.VALUE, true);
    }

    private List<String> typeNames() {
        return kernel.view().types().stream().map(TypeStats::name).distinct().toList();
    }
}
