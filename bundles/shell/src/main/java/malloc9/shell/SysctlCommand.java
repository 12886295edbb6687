package malloc9.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.KnobTable;
import malloc9.shell.view.KnobTable.Row;
import malloc9.shell.view.KnobTable.What;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** sysctl(8): the kernel's knobs. */
@Component(service = SysctlCommand.class)
@GogoCommand(scope = "malloc9", function = "sysctl")
public final class SysctlCommand implements Completing {

    private static final String ALL = "-a";
    private static final String BINARY = "-b";
    private static final String DESCRIBE = "-d";
    private static final String NAMES = "-N";
    private static final String NO_NAMES = "-n";
    private static final char ASSIGN = '=';

    private final RunningKernel kernel;

    @Activate
    public SysctlCommand(@Reference RunningKernel kernel) {
        this.kernel = kernel;
    }

    @Descriptor("get or set the kernel's knobs")
    public @Nullable View sysctl(
            @Descriptor("all knobs") @Parameter(names = ALL, presentValue = "true", absentValue = "false") boolean all,
            @Descriptor("values as raw bytes, and nothing else")
                    @Parameter(names = BINARY, presentValue = "true", absentValue = "false")
                    boolean binary,
            @Descriptor("descriptions instead of values")
                    @Parameter(names = DESCRIBE, presentValue = "true", absentValue = "false")
                    boolean describe,
            @Descriptor("names only") @Parameter(names = NAMES, presentValue = "true", absentValue = "false")
                    boolean namesOnly,
            @Descriptor("values only") @Parameter(names = NO_NAMES, presentValue = "true", absentValue = "false")
                    boolean valuesOnly,
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format,
            @Descriptor("NAME of a knob or node, or NAME=VALUE") @Nullable String... given) {
        String[] names = Words.there(given);
        if (all == (names.length > 0)) {
            throw new CommandFailed(Messages.USAGE_SYSCTL);
        }
        boolean json = Formats.isJson(format, Messages.USAGE_SYSCTL);
        Sysctl sysctl = kernel.sysctl();
        What what = namesOnly ? What.NAME : describe ? What.DESCRIPTION : What.VALUE;
        List<Row> rows = new ArrayList<>();
        Consumer<Knob> show = binary && what == What.VALUE
                ? knob -> printBytes(sysctl.read(knob.name()))
                : knob -> rows.add(new Row(knob, what == What.VALUE ? sysctl.readText(knob.name()) : "", null));
        KnobTable table = new KnobTable(rows, what, !valuesOnly);
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
            // What came before the failure has been done, and is said.
            if (!rows.isEmpty()) {
                System.out.println(json ? table.json() : table.text());
            }
            throw new CommandFailed(explained(sysctl, failed), failed);
        }
        return rows.isEmpty() ? null : Formats.of(format, table, Messages.USAGE_SYSCTL);
    }

    /** In a session of Gogo this is where the command's output goes, to a pipe or a file as well. */
    private static void printBytes(byte[] value) {
        System.out.write(value, 0, value.length);
        System.out.flush();
    }

    /** Sets a knob, and keeps that where there is somebody to keep it. */
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

    /** Why a knob was not read or set, with what may have been meant. */
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
