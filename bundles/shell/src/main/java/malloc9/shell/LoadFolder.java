package malloc9.shell;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import malloc9.shell.prompt.Prompt;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Hot deployment: a jar that comes into the watched folder is loaded, one that changes is updated, one that goes is
 * unloaded, as kldload and kldunload do it, and each time one line says so.
 *
 * <p>File Install watches the folder, and tells once of each change, when a file has kept its size and time from one
 * look to the next. What cannot be loaded is left alone until its file changes, so that a panic is earned once; only
 * what lacked another module is tried again, when one was loaded from the folder.
 */
@Component(service = ArtifactInstaller.class)
public final class LoadFolder implements ArtifactInstaller {

    private static final String JAR = ".jar";

    private final BundleContext context;
    private final Kldload kldload;
    private final Kldunload kldunload;
    private final Prompt prompt;

    /** Why files were not loaded: a copy that goes on in steps is told of once. */
    private final Map<Path, CommandFailed> refused = new ConcurrentSkipListMap<>();

    @Activate
    public LoadFolder(
            BundleContext context,
            @Reference Kldload kldload,
            @Reference Kldunload kldunload,
            @Reference Prompt prompt) {
        this.context = context;
        this.kldload = kldload;
        this.kldunload = kldunload;
        this.prompt = prompt;
    }

    @Override
    public boolean canHandle(File file) {
        return file.getName().endsWith(JAR);
    }

    @Override
    public void install(File file) {
        prompt.above(() -> {
            if (load(file.toPath())) {
                retryWhatLackedAModule();
            }
        });
    }

    /** A file that changed: its bundle may be there, or may have been refused or unloaded before. */
    @Override
    public void update(File file) {
        install(file);
    }

    @Override
    public void uninstall(File file) {
        refused.remove(file.toPath());
        Bundle bundle = context.getBundle(location(file.toPath()));
        if (bundle != null) {
            prompt.above(() -> {
                try {
                    System.out.println(Messages.unloadedWith(kldunload.unload(bundle), name(file.toPath())));
                } catch (CommandFailed e) {
                    System.out.println(e.getMessage());
                }
            });
        }
    }

    private boolean load(Path jar) {
        String name = name(jar);
        try {
            requireBundle(name, jar);
            Bundle former = context.getBundle(location(jar));
            String done = former == null ? kldload.loadFile(name, jar) : kldload.updateFile(name, former, jar);
            System.out.println(Messages.loadedFrom(done, name));
            refused.remove(jar);
            return true;
        } catch (CommandFailed e) {
            CommandFailed before = refused.put(jar, e);
            if (before == null || !before.toString().equals(e.toString())) {
                System.out.println(e.getMessage());
            }
            return false;
        }
    }

    private void retryWhatLackedAModule() {
        List<Path> waiting = refused.entrySet().stream()
                .filter(entry -> entry.getValue().getCause() instanceof BundleException e
                        && e.getType() == BundleException.RESOLVE_ERROR)
                .map(Map.Entry::getKey)
                .toList();
        if (waiting.stream().filter(this::load).count() > 0) {
            retryWhatLackedAModule();
        }
    }

    /** Looks before a running module is stopped for nothing. A jar's directory is at its end: a part of one has none. */
    private static void requireBundle(String name, Path jar) {
        try (JarFile content = new JarFile(jar.toFile())) {
            Manifest manifest = content.getManifest();
            if (manifest == null || manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME) == null) {
                throw new CommandFailed(Messages.cannotLoad(name, Messages.NOT_A_BUNDLE));
            }
        } catch (IOException e) {
            throw new CommandFailed(Messages.cannotLoad(name, Messages.notWhole(String.valueOf(e.getMessage()))), e);
        }
    }

    /** As kldload makes it of a file. */
    private static String location(Path jar) {
        return jar.toUri().toString();
    }

    /** The file with its folder, as the operator knows it. */
    private static String name(Path jar) {
        Path folder = jar.getParent();
        return folder == null
                ? jar.toString()
                : String.valueOf(
                        folder.getParent() == null ? jar : folder.getParent().relativize(jar));
    }
}
