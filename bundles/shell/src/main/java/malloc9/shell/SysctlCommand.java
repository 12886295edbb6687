package malloc9.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.Lines;
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
    public @Nullable Lines sysctl(
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
            @Descriptor("NAME of a knob or node, or NAME=VALUE") String... names) {
        if (all == (names.length > 0)) {
            throw new CommandFailed(Messages.USAGE_SYSCTL);
        }
        Sysctl sysctl = kernel.sysctl();
        KnobPrinter printer = new KnobPrinter(sysctl, kernel::set, binary, describe, namesOnly, valuesOnly);
        List<String> lines = new ArrayList<>();
        try {
            if (all) {
                sysctl.knobs().forEach(knob -> lines.addAll(printer.show(knob)));
            }
            for (String name : names) {
                int assign = name.indexOf(ASSIGN);
                if (assign < 0 || describe) {
                    String read = assign < 0 ? name : name.substring(0, assign);
                    sysctl.knobs(read).forEach(knob -> lines.addAll(printer.show(knob)));
                } else {
                    lines.addAll(printer.set(name.substring(0, assign), name.substring(assign + 1)));
                }
            }
        } catch (SysctlFailed failed) {
            // What came before the failure has been done, and is said.
            lines.forEach(System.out::println);
            throw new CommandFailed(explained(sysctl, failed), failed);
        }
        return lines.isEmpty() ? null : new Lines(lines);
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return kernel.sysctl().knobs().stream().map(Knob::name).toList();
    }

    private static String explained(Sysctl sysctl, SysctlFailed failed) {
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
