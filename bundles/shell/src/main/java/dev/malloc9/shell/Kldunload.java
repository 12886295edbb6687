package dev.malloc9.shell;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.shell.kld.KldFailed;
import dev.malloc9.shell.kld.Linker;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command kldunload(8): stops and uninstalls a module that no running module depends on. With {@code -f} the running users of the
 * module, direct and indirect, are stopped and uninstalled before it. A module that was loaded only as a dependency is unloaded with its
 * last running user. The system bundle and the bundles of {@link Linker#IN_USE} are never unloaded. The kernel reports the modules' leaks
 * on the console.
 */
@Component(service = Kldunload.class)
@GogoCommand(scope = "malloc9", function = "kldunload")
public final class Kldunload extends ShellCommand {

    private static final String DESCRIPTION = "unload a module by its name or id; with -f its users, too";
    private static final String FORCE = "-f";

    private final BundleContext context;
    private final RunningKernel kernel;
    private final Linker linker;

    @Activate
    public Kldunload(BundleContext context, @Reference RunningKernel kernel, @Reference Linker linker) {
        super(Syntax.of(Messages.USAGE_KLDUNLOAD, DESCRIPTION)
                .flag(FORCE, "unload the modules that depend on it, too")
                .operands("NAME|ID", "a module as kldstat shows it, with or without version"));
        this.context = context;
        this.kernel = kernel;
        this.linker = linker;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object kldunload(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> unload(arguments.operand(), arguments.has(FORCE)));
    }

    /**
     * Returns the short names of modules to unload: the owners of types, and the bundles from the drivers' folder. The bundles of {@link
     * Linker#IN_USE} are left out. After the first operand there are no completions.
     */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        Stream<String> owners = kernel.modules().map(ModuleInfo::id).map(ModuleId::name);
        return arguments.stream().allMatch(FORCE::equals)
                ? Stream.concat(owners, Drivers.of(context).loaded(context.getBundles()))
                        .filter(name -> !Linker.IN_USE.contains(name))
                        .map(ModuleId::shortName)
                        .distinct()
                        .toList()
                : List.of();
    }

    String unload(String name, boolean force) {
        try {
            return String.join("\n", linker.unload(find(name), force));
        } catch (KldFailed e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Returns the bundle with that name or id, whether it owns types or not. The name may have a version. A bundle without a symbolic name
     * is not found.
     *
     * @throws CommandFailed if there is no such bundle, or more than one
     */
    private Bundle find(String name) {
        List<Bundle> found = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName() != null)
                .filter(bundle -> Modules.named(name).test(id(bundle)))
                .toList();
        return switch (found.size()) {
            case 0 -> throw new CommandFailed(Messages.cannotFind(name));
            case 1 -> found.getFirst();
            default -> throw new CommandFailed(Messages.ambiguous(name, found));
        };
    }

    private static ModuleId id(Bundle bundle) {
        return new ModuleId(bundle.getSymbolicName(), bundle.getVersion().toString(), bundle.getBundleId());
    }
}
