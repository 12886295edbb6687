package dev.malloc9.shell;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.shell.output.Output;
import dev.malloc9.shell.view.KnobTable;
import dev.malloc9.shell.view.KnobTable.Row;
import dev.malloc9.shell.view.KnobTable.What;
import dev.malloc9.shell.view.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command sysctl(8): reads and sets the kernel's knobs. */
@Component(service = SysctlCommand.class)
@GogoCommand(scope = "malloc9", function = "sysctl")
public final class SysctlCommand extends ShellCommand {

    private static final String DESCRIPTION = "get or set the kernel's knobs";

    private static final String ALL = "-a";
    private static final String BINARY = "-b";
    private static final String DESCRIBE = "-d";
    private static final String NAMES = "-N";
    private static final String NO_NAMES = "-n";
    private static final char ASSIGN = '=';

    private final RunningKernel kernel;

    @Activate
    public SysctlCommand(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_SYSCTL, DESCRIPTION)
                .flag(ALL, "all knobs")
                .flag(BINARY, "values as raw bytes, and nothing else")
                .flag(DESCRIBE, "descriptions instead of values")
                .flag(NAMES, "names only")
                .flag(NO_NAMES, "values only")
                .format()
                .operands("NAME[=VALUE]", "a knob or node, or a knob and its new value"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object sysctl(CommandSession session, @Nullable String... words) {
        return run(words, this::show);
    }

    private @Nullable View show(Arguments arguments) {
        List<String> names = arguments.operands();
        boolean all = arguments.has(ALL);
        if (!all && names.isEmpty()) {
            throw new CommandFailed(Messages.USAGE_SYSCTL);
        }
        if (all && !names.isEmpty()) {
            throw arguments.unexpected(names.getFirst());
        }
        boolean binary = arguments.has(BINARY);
        boolean describe = arguments.has(DESCRIBE);
        Sysctl sysctl = kernel.sysctl();
        What what = arguments.has(NAMES) ? What.NAME : describe ? What.DESCRIPTION : What.VALUE;
        List<Row> rows = new ArrayList<>();
        Consumer<Knob> show = binary && what == What.VALUE
                ? knob -> Output.current().write(sysctl.read(knob.name()))
                : knob -> rows.add(new Row(knob, what == What.VALUE ? sysctl.readText(knob.name()) : "", null));
        KnobTable table = new KnobTable(rows, what, !arguments.has(NO_NAMES));
        try {
            if (all) {
                sysctl.knobs().forEach(show);
            }
            for (String name : names) {
                int assign = name.indexOf(ASSIGN);
                if (assign < 0 || describe) {
                    sysctl.knobs(assign < 0 ? name : name.substring(0, assign)).forEach(show);
                } else {
                    Row row = set(kernel, name.substring(0, assign), name.substring(assign + 1));
                    if (!binary) {
                        rows.add(row);
                    }
                }
            }
        } catch (SysctlFailed failed) {
            // The knobs before the one that failed have been read or set, so their rows are printed.
            if (!rows.isEmpty()) {
                Output.current().println(arguments.isJson() ? table.json() : table.text());
            }
            throw new CommandFailed(explained(sysctl, failed), failed);
        }
        return rows.isEmpty() ? null : table;
    }

    /**
     * Sets a knob. If the framework has a Config Admin, the value of a setting is kept over restarts. Exceptions are those of {@link
     * RunningKernel#set}.
     *
     * @return the row with the new value and the one before
     */
    static Row set(RunningKernel kernel, String name, String value) {
        Sysctl sysctl = kernel.sysctl();
        String before = sysctl.readText(name);
        kernel.set(name, value);
        return new Row(sysctl.knob(name), sysctl.readText(name), before);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (!arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION)) {
            return Formats.ALL;
        }
        return kernel.sysctl().knobs().stream().map(Knob::name).toList();
    }

    /**
     * Returns the reason why a knob was not read or set, escaped. If the name is unknown, proposes a similar one if there is one. If the
     * knob can only be set at boot, names loader.conf.
     */
    static String explained(Sysctl sysctl, SysctlFailed failed) {
        String message = String.valueOf(failed.getMessage());
        if (failed.errno() == Errno.ENOENT) {
            return Nearest.to(
                            failed.name(),
                            sysctl.knobs().stream().map(Knob::name).toList())
                    .map(near -> Messages.didYouMean(message, near))
                    .orElse(Messages.plain(message));
        }
        return failed.errno() == Errno.EPERM && sysctl.knob(failed.name()).isTunable()
                ? Messages.setAtBoot(message)
                : Messages.plain(message);
    }
}
