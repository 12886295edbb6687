package malloc9.shell;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.ModuleInfo;
import malloc9.shell.kld.KldFailed;
import malloc9.shell.kld.Linker;
import malloc9.shell.prompt.Completing;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** kldunload(8): stops and uninstalls a module that no other depends on; the kernel reports its leaks on the console. */
@Component(service = Kldunload.class)
@GogoCommand(scope = "malloc9", function = "kldunload")
public final class Kldunload implements Completing {

    private final BundleContext context;
    private final RunningKernel kernel;
    private final Linker linker;

    @Activate
    public Kldunload(BundleContext context, @Reference RunningKernel kernel, @Reference Linker linker) {
        this.context = context;
        this.kernel = kernel;
        this.linker = linker;
    }

    @Descriptor("unload a module by its name or id; -f unloads the modules that depend on it, too")
    public String kldunload(
            @Descriptor("[-f] NAME, as kldstat shows it with or without version, or ID") @Nullable String... given) {
        List<String> words = List.of(Words.there(given));
        boolean force = words.contains("-f");
        List<String> names = words.stream().filter(word -> !word.equals("-f")).toList();
        if (names.size() != 1) {
            throw new CommandFailed(Messages.USAGE_KLDUNLOAD);
        }
        return unload(names.getFirst(), force);
    }

    /** What was loaded: modules that own types, and all else that came from the drivers' folder. */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        Stream<String> owners = kernel.modules().map(ModuleInfo::id).map(ModuleId::name);
        return arguments.isEmpty()
                ? Stream.concat(owners, Drivers.of(context).loaded(context.getBundles()))
                        .filter(name -> !Linker.IN_USE.contains(name))
                        .distinct()
                        .toList()
                : List.of();
    }

    private String unload(String name, boolean force) {
        try {
            return String.join("\n", linker.unload(find(name), force));
        } catch (KldFailed e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private Bundle find(String name) {
        List<Bundle> found = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName() != null)
                .filter(bundle -> bundle.getSymbolicName().equals(name)
                        || Messages.fullName(bundle).equals(name)
                        || Long.toString(bundle.getBundleId()).equals(name))
                .toList();
        return switch (found.size()) {
            case 0 -> throw new CommandFailed(Messages.cannotFind(name));
            case 1 -> found.getFirst();
            default -> throw new CommandFailed(Messages.ambiguous(name, found));
        };
    }
}
