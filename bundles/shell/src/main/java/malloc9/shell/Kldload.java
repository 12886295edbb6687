package malloc9.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import malloc9.api.KernelPanic;
import malloc9.shell.prompt.Completing;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** kldload(8): installs and starts a bundle; what does not start is uninstalled again. */
@Component(service = Kldload.class)
@GogoCommand(scope = "malloc9", function = "kldload")
public final class Kldload implements Completing {

    private static final int REFRESH_SECONDS = 10;

    private final BundleContext context;
    private final RunningKernel kernel;

    @Activate
    public Kldload(BundleContext context, @Reference RunningKernel kernel) {
        this.context = context;
        this.kernel = kernel;
    }

    @Descriptor("load a module: a driver by its name, or a bundle from a file")
    public String kldload(CommandSession session, @Descriptor("NAME of a driver, or FILE") @Nullable String... given) {
        String[] names = Words.there(given);
        if (names.length != 1) {
            throw new CommandFailed(Messages.USAGE_KLDLOAD);
        }
        return load(names[0], session.currentDir());
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? Drivers.of(context).names() : List.of();
    }

    String load(String name, Path workingFolder) {
        return loadFile(name, Drivers.of(context).find(name, workingFolder));
    }

    /** @param name what the operator calls the file */
    String loadFile(String name, Path jar) {
        Bundle bundle = install(name, jar);
        startOrUninstall(name, bundle);
        return Messages.loaded(bundle);
    }

    /**
     * Puts the file's content in the place of the bundle's and starts it; modules that were wired to the former content
     * are restarted with it.
     */
    String updateFile(String name, Bundle bundle, Path jar) {
        try (InputStream content = Files.newInputStream(jar)) {
            stop(bundle);
            bundle.update(content);
        } catch (BundleException | IOException e) {
            startOrUninstall(name, bundle);
            throw new CommandFailed(
                    Messages.cannotUpdate(bundle, name, rootCause(e).toString()), e);
        }
        refresh(bundle);
        startOrUninstall(name, bundle);
        return Messages.updated(bundle);
    }

    private void startOrUninstall(String name, Bundle bundle) {
        try {
            start(name, bundle);
        } catch (BundleException | RuntimeException e) {
            CommandFailed failure = e instanceof CommandFailed said
                    ? said
                    : new CommandFailed(Messages.cannotLoad(name, why(bundle, e)), e);
            try {
                bundle.uninstall();
            } catch (BundleException | RuntimeException stays) {
                failure.addSuppressed(stays);
            }
            throw failure;
        }
    }

    private Bundle install(String name, Path jar) {
        String location = jar.toUri().toString();
        Bundle known = context.getBundle(location);
        if (known != null) {
            boolean runs = (known.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0;
            throw new CommandFailed(runs ? Messages.alreadyLoaded(name) : Messages.alreadyInstalled(name, known));
        }
        try (InputStream content = Files.newInputStream(jar)) {
            return context.installBundle(location, content);
        } catch (BundleException e) {
            throw new CommandFailed(
                    e.getType() == BundleException.DUPLICATE_BUNDLE_ERROR
                            ? Messages.alreadyLoaded(name)
                            : Messages.cannotLoad(name, rootCause(e).toString()),
                    e);
        } catch (IOException e) {
            throw new CommandFailed(Messages.cannotLoad(name, e.toString()), e);
        }
    }

    private void start(String name, Bundle bundle) throws BundleException {
        if (bundle.getSymbolicName() == null) {
            throw new CommandFailed(Messages.cannotLoad(name, Messages.NOT_A_BUNDLE));
        }
        bundle.start();
        if (bundle.getState() != Bundle.ACTIVE) {
            throw new CommandFailed(Messages.cannotLoad(
                    name, kernel.lastPanic(bundle.getBundleId()).orElse(Messages.DID_NOT_STAY_ACTIVE)));
        }
    }

    /** An activator that cannot stop does not keep its successor away; the framework has stopped the bundle all the same. */
    private static void stop(Bundle bundle) {
        try {
            bundle.stop();
        } catch (BundleException e) {
            System.out.println(Messages.stopFailed(bundle, rootCause(e)));
        }
    }

    private void refresh(Bundle bundle) {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(Set.of(bundle), event -> refreshed.countDown());
        try {
            if (!refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
                System.out.println(Messages.notRefreshed(bundle));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String why(Bundle bundle, Exception failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof KernelPanic) {
                return String.valueOf(t.getMessage());
            }
        }
        if (failure instanceof BundleException e && e.getType() == BundleException.RESOLVE_ERROR) {
            return MissingRequirement.of(bundle, context.getBundles()).orElse(String.valueOf(e.getMessage()));
        }
        return failure.getCause() == null
                ? String.valueOf(failure.getMessage())
                : Messages.activatorFailed(rootCause(failure));
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }
}
