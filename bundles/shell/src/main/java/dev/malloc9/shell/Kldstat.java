package dev.malloc9.shell;

import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.shell.view.ModuleTable;
import dev.malloc9.shell.view.Sizes;
import java.util.Collection;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command kldstat(8): lists the kernel and the modules that own memory types. */
@Component(service = Kldstat.class)
@GogoCommand(scope = "malloc9", function = "kldstat")
public final class Kldstat extends ShellCommand {

    private static final String DESCRIPTION = "list the modules that own memory types";

    private static final String VERBOSE = "-v";
    private static final String ID = "-i";
    private static final String NAME = "-n";

    private final BundleContext context;
    private final RunningKernel kernel;

    @Activate
    public Kldstat(BundleContext context, @Reference RunningKernel kernel) {
        super(Syntax.withSizes(Messages.USAGE_KLDSTAT, DESCRIPTION)
                .flag(VERBOSE, "with the file of each module, and one type a line")
                .option(ID, "ID", "only the module with this id")
                .option(NAME, "NAME", "only the module with this name, with or without version, or from this file")
                .format());
        this.context = context;
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object kldstat(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            String id = arguments.value(ID);
            String name = arguments.value(NAME);
            List<ModuleTable.Row> rows = kernel.view().modules().stream()
                    .filter(module ->
                            id == null || Long.toString(module.id().bundleId()).equals(id))
                    .filter(module -> name == null || isNamed(module, name))
                    .map(this::row)
                    .toList();
            if (rows.isEmpty() && (id != null || name != null)) {
                throw new CommandFailed(
                        id == null ? Messages.cannotFind(String.valueOf(name)) : Messages.cannotFindId(id));
            }
            return new ModuleTable(rows, Sizes.of(arguments.has(Formats.HUMANE)), arguments.has(VERBOSE));
        });
    }

    private ModuleTable.Row row(ModuleInfo module) {
        long id = module.id().bundleId();
        return new ModuleTable.Row(module, references(id));
    }

    private static boolean isNamed(ModuleInfo module, String name) {
        String location = module.file();
        return Modules.named(name).test(module.id())
                || location.equals(name)
                || location.substring(location.lastIndexOf('/') + 1).equals(name);
    }

    /**
     * Returns the number of references to a bundle: 1 for being loaded, and 1 for each bundle that is wired to its current revision. A
     * bundle that is gone or not resolved has 1.
     */
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
        return switch (arguments.isEmpty() ? "" : arguments.getLast()) {
            case ID ->
                kernel.modules()
                        .map(module -> Long.toString(module.id().bundleId()))
                        .toList();
            case NAME -> kernel.modules().map(module -> module.id().name()).toList();
            default -> super.candidates(arguments);
        };
    }
}
