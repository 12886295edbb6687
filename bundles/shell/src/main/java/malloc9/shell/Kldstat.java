package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.ModuleTable;
import malloc9.shell.view.Sizes;
import malloc9.shell.view.View;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** kldstat(8): the bundles that own memory types. */
@Component(service = Kldstat.class)
@GogoCommand(scope = "malloc9", function = "kldstat")
public final class Kldstat implements Completing {

    private final BundleContext context;
    private final RunningKernel kernel;

    @Activate
    public Kldstat(BundleContext context, @Reference RunningKernel kernel) {
        this.context = context;
        this.kernel = kernel;
    }

    @Descriptor("list the modules that own memory types")
    public View kldstat(
            @Descriptor(Formats.HUMANE_DESCRIPTION)
                    @Parameter(names = Formats.HUMANE, presentValue = "true", absentValue = "false")
                    boolean humane,
            @Descriptor(Formats.DESCRIPTION) @Parameter(names = Formats.OPTION, absentValue = Formats.TEXT)
                    String format) {
        List<ModuleTable.Row> rows = kernel.view().modules().stream()
                .map(module ->
                        new ModuleTable.Row(module, references(module.id().bundleId())))
                .toList();
        return Formats.of(format, new ModuleTable(rows, Sizes.of(humane)), Messages.USAGE_KLDSTAT);
    }

    /** One for being loaded, and one for each bundle that is wired to it. */
    private long references(long bundleId) {
        Bundle bundle = context.getBundle(bundleId);
        BundleWiring wiring = bundle == null ? null : bundle.adapt(BundleWiring.class);
        return wiring == null || wiring.getProvidedWires(null) == null
                ? 1
                : 1
                        + wiring.getProvidedWires(null).stream()
                                .map(wire -> wire.getRequirer().getBundle())
                                .distinct()
                                .count();
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return Formats.candidates(arguments);
    }
}
