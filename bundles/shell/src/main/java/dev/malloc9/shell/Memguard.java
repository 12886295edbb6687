package dev.malloc9.shell;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.shell.view.GuardView;
import dev.malloc9.shell.view.KnobTable;
import dev.malloc9.shell.view.KnobTable.Row;
import dev.malloc9.shell.view.View;
import java.util.Arrays;
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
 * The command {@code memguard}: chooses the types that MemGuard guards, or shows its counters (memguard(9)). The counters are the knobs
 * below vm.memguard; the choice sets vm.memguard.desc.
 */
@Component(service = Memguard.class)
@GogoCommand(scope = "malloc9", function = "memguard")
public final class Memguard extends ShellCommand {

    private static final String DESCRIPTION = "choose the types that MemGuard guards, or show its counters";

    private static final String NODE = "vm.memguard";
    private static final String DESC = "vm.memguard.desc";
    private static final String SEPARATOR = ",";

    private final RunningKernel kernel;

    @Activate
    public Memguard(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_MEMGUARD, DESCRIPTION)
                .format()
                .operands("TYPE", "names of types, in quotes where they have * or ?; '' for none"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object memguard(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> guard(arguments.operands()));
    }

    private View guard(List<String> types) {
        Sysctl sysctl = kernel.sysctl();
        try {
            return types.isEmpty() ? counters(sysctl) : choose(types);
        } catch (SysctlFailed failed) {
            throw new CommandFailed(SysctlCommand.explained(sysctl, failed), failed);
        }
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

    private View choose(List<String> types) {
        Row row = SysctlCommand.set(kernel, DESC, String.join(SEPARATOR, types));
        List<String> known = typeNames();
        return new GuardView(
                table(List.of(row)),
                types.stream()
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
