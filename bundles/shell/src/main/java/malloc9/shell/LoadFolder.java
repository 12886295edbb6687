package malloc9.shell;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import malloc9.shell.kld.KldFailed;
import malloc9.shell.kld.Linker;
import malloc9.shell.prompt.Prompt;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Hot deployment: a jar that comes into the watched folder is loaded, one that changes is updated, one that goes is
 * unloaded, as by kldload and kldunload, and each time one line says so.
 *
 * <p>File Install watches the folder and reports each change once, when a file has kept its size and time from one
 * look to the next. A jar that cannot be loaded is left alone until its file changes, so that a panic is earned once.
 * Two kinds of refusal are tried again after each change of the folder: a jar that lacked another module or was a
 * second copy of one, and the removal of a module that another one used.
 */
@Component(service = ArtifactInstaller.class)
public final class LoadFolder implements ArtifactInstaller {

    private static final String JAR = ".jar";

    private final BundleContext context;
    private final Linker linker;
    private final Prompt prompt;
    private final @Nullable FolderWatch watch;

    /** The files that were not loaded. A copy that goes on in steps is reported once. Guarded by this. */
    private final Map<Path, Refusal> refused = new ConcurrentSkipListMap<>();

    /** The removed files with modules that were busy, and the reason that was reported. Guarded by this. */
    private final Map<Path, String> leaving = new ConcurrentSkipListMap<>();

    /** The files as they were when they were loaded. Guarded by this. */
    private final Map<Path, Stamp> loaded = new ConcurrentSkipListMap<>();

    /** The files that vanished with the whole folder, which File Install does not report. Guarded by this. */
    private final Map<Path, Stamp> vanished = new ConcurrentSkipListMap<>();

    private record Refusal(String text, boolean curable) {}

    private record Stamp(FileTime time, long size) {

        /** Returns null if there is no such file. */
        static @Nullable Stamp of(Path file) {
            try {
                return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
            } catch (IOException e) {
                return null;
            }
        }
    }

    @Activate
    public LoadFolder(BundleContext context, @Reference Linker linker, @Reference Prompt prompt) {
        this.context = context;
        this.linker = linker;
        this.prompt = prompt;
        this.watch = FolderWatch.start(context, this);
    }

    @Deactivate
    void close() {
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    public boolean canHandle(File file) {
        return file.getName().endsWith(JAR);
    }

    @Override
    public synchronized void install(File file) {
        vanished.remove(file.toPath());
        leaving.remove(file.toPath());
        prompt.above(() -> {
            load(file.toPath());
            retry();
        });
    }

    /** A file that changed: its bundle may be there, or may have been refused or unloaded before. */
    @Override
    public void update(File file) {
        install(file);
    }

    @Override
    public synchronized void uninstall(File file) {
        vanished.remove(file.toPath());
        refused.remove(file.toPath());
        prompt.above(() -> {
            unload(file.toPath());
            retry();
        });
    }

    /** Unloads the modules of all files: the folder itself is gone. A second call does nothing. */
    synchronized void folderVanished() {
        if (leaving.keySet().containsAll(loaded.keySet())) {
            return;
        }
        loaded.forEach((file, stamp) -> {
            if (context.getBundle(location(file)) != null) {
                vanished.put(file, stamp);
            }
        });
        prompt.above(() -> {
            loaded.keySet().forEach(file -> leaving.putIfAbsent(file, ""));
            retry();
        });
    }

    /** Loads again what is as it was when the folder vanished: for File Install it has not changed. */
    synchronized void folderThere() {
        List<Path> back = vanished.entrySet().stream()
                .filter(entry -> entry.getValue().equals(Stamp.of(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        back.forEach(file -> install(file.toFile()));
    }

    /** @return whether a module was loaded or updated */
    private boolean load(Path jar) {
        String name = name(jar);
        Stamp stamp = Stamp.of(jar);
        if (stamp == null) {
            return false;
        }
        try {
            requireBundle(name, jar);
            Bundle former = context.getBundle(location(jar));
            List<String> lines = former == null ? linker.load(name, jar, List.of()) : linker.update(name, former, jar);
            System.out.println(Messages.loadedFrom(lines.getFirst(), name));
            lines.stream().skip(1).forEach(System.out::println);
            refused.remove(jar);
            loaded.put(jar, stamp);
            return true;
        } catch (CommandFailed | KldFailed e) {
            String text = String.valueOf(e.getMessage());
            Refusal former = refused.put(jar, new Refusal(text, e instanceof KldFailed failed && failed.isCurable()));
            if (former == null || !former.text.equals(text)) {
                System.out.println(text);
            }
            return false;
        }
    }

    /** @return whether the module of the file was unloaded */
    private boolean unload(Path jar) {
        Bundle bundle = context.getBundle(location(jar));
        if (bundle == null) {
            loaded.remove(jar);
            leaving.remove(jar);
            return false;
        }
        try {
            List<String> lines = linker.unload(bundle, false);
            System.out.println(Messages.unloadedWith(lines.getFirst(), name(jar)));
            lines.stream().skip(1).forEach(System.out::println);
        } catch (KldFailed e) {
            String text = String.valueOf(e.getMessage());
            if (e.isCurable()) {
                if (!text.equals(leaving.put(jar, text))) {
                    System.out.println(text);
                }
                return false;
            }
            System.out.println(text);
        }
        loaded.remove(jar);
        leaving.remove(jar);
        return true;
    }

    /** Tries again what another module's coming or going may have cured, until nothing changes any more. */
    private void retry() {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Path jar : leaving.keySet()) {
                changed |= unload(jar);
            }
            for (Map.Entry<Path, Refusal> entry : refused.entrySet()) {
                changed |= entry.getValue().curable && load(entry.getKey());
            }
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
