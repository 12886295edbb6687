package malloc9.shell;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.ModuleInfo;
import malloc9.shell.prompt.Completing;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** kldunload(8): stops and uninstalls a bundle; what it forgot the kernel tells on the console. */
@Component(service = Kldunload.class)
@GogoCommand(scope = "malloc9", function = "kldunload")
public final class Kldunload implements Completing {

    /** Without these there would be nobody left to load anything again. */
    private static final Set<String> IN_USE = Set.of("malloc9.api", "malloc9.kernel", "malloc9.shell");

    private final BundleContext context;
    private final RunningKernel kernel;

    @Activate
    public Kldunload(BundleContext context, @Reference RunningKernel kernel) {
        this.context = context;
        this.kernel = kernel;
    }

    @Descriptor("unload a module by its name or id")
    public String kldunload(
            @Descriptor("NAME, as kldstat shows it with or without version, or ID") @Nullable String... given) {
        String[] names = Words.there(given);
        if (names.length != 1) {
            throw new CommandFailed(Messages.USAGE_KLDUNLOAD);
        }
        return unload(find(names[0]));
    }

    /** What was loaded: modules that own types, and all else that came from the drivers' folder. */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        Stream<String> owners = kernel.modules().map(ModuleInfo::id).map(ModuleId::name);
        return arguments.isEmpty()
                ? Stream.concat(owners, Drivers.of(context).loaded(context.getBundles()))
                        .filter(name -> !IN_USE.contains(name))
                        .distinct()
                        .toList()
                : List.of();
    }

    String unload(Bundle bundle) {
        if (bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID || IN_USE.contains(bundle.getSymbolicName())) {
            throw new CommandFailed(Messages.inUse(bundle));
        }
        BundleException stopFailure = null;
        try {
            bundle.stop();
        } catch (BundleException e) {
            stopFailure = e;
        }
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            throw new CommandFailed(Messages.cannotUnload(bundle, e), e);
        }
        if (stopFailure != null) {
            Throwable cause = stopFailure.getCause() == null ? stopFailure : stopFailure.getCause();
            throw new CommandFailed(Messages.unloadedButStopFailed(bundle, cause), stopFailure);
        }
        return Messages.unloaded(bundle);
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
