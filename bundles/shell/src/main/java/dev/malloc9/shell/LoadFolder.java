package dev.malloc9.shell;

import dev.malloc9.shell.kld.KldFailed;
import dev.malloc9.shell.kld.Linker;
import dev.malloc9.shell.prompt.Prompt;
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
 * The hot deployment of modules. A jar that is put into the watched folder is loaded, a jar that changes is updated, and a jar that is
 * removed is unloaded.
 *
 * <p>The linker loads and unloads the modules, as for kldload and kldunload, but no folder is searched for dependencies. The result of each
 * change is printed; the reason of a repeated refusal is printed once.
 *
 * <p>File Install watches the folder. Each change is reported once, when the size and time of a file are the same at two successive checks.
 * A jar that cannot be loaded is in general not tried again until its file changes, so that one panic is not repeated.
 *
 * <p>Two kinds of failure are tried again after each change of the folder. The first is a jar that lacked another module or its service, or
 * was a second copy of a module. The second is the removal of a module that another module used.
 */
@Component(service = ArtifactInstaller.class)
public final class LoadFolder implements ArtifactInstaller {

    private static final String JAR = ".jar";

    private final BundleContext context;
    private final Linker linker;
    private final Prompt prompt;
    private final @Nullable FolderWatch watch;

    /**
     * The files whose last load or update was refused, with the printed reason. While a file is copied in steps, the same reason is printed
     * once. Guarded by {@code this}.
     */
    private final Map<Path, Refusal> refused = new ConcurrentSkipListMap<>();

    /**
     * The removed files whose modules are still in use, with the printed reason; an empty reason has not been printed. Guarded by
     * {@code this}.
     */
    private final Map<Path, String> leaving = new ConcurrentSkipListMap<>();

    /** The time and size of each loaded file, read just before it was loaded. Guarded by {@code this}. */
    private final Map<Path, Stamp> loaded = new ConcurrentSkipListMap<>();

    /** The loaded files that were removed together with the whole folder, which File Install does not report. Guarded by {@code this}. */
    private final Map<Path, Stamp> vanished = new ConcurrentSkipListMap<>();

    /**
     * A refused load or update.
     *
     * @param text the printed reason
     * @param curable whether the load is tried again after each change of the folder
     */
    private record Refusal(String text, boolean curable) {}

    private record Stamp(FileTime time, long size) {

        /** Returns the time and size of the file; null if there is no such file or it cannot be read. */
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

    /**
     * Loads a file that changed. Its bundle is updated if it is installed; otherwise, as after a refusal or an unload, the file is
     * installed.
     */
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

    /**
     * Unloads the modules of all loaded files, because the folder itself is gone. The unload of a module in use is tried again later. Has
     * no effect if all loaded files wait for their removal already.
     */
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

    /**
     * Loads again the files that vanished with the folder and have the same time and size as when they were loaded. File Install sees no
     * change of them.
     */
    synchronized void folderThere() {
        List<Path> back = vanished.entrySet().stream()
                .filter(entry -> entry.getValue().equals(Stamp.of(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        back.forEach(file -> install(file.toFile()));
    }

    /**
     * Loads or updates the module of a file, and prints the result. A refusal with the same reason as the last one of the file is not
     * printed.
     *
     * @return true if a module was loaded or updated; false if the file is gone or refused
     */
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

    /**
     * Unloads the module of a file, and prints the result. A module that is in use for the same reason as before prints nothing.
     *
     * @return false if the file has no bundle, or if the module is in use and the unload is tried again later. Otherwise true, also after a
     *     failed unload.
     */
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

    /** Tries the pending unloads and the curable refusals again until a pass changes nothing. */
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

    /**
     * Checks the manifest before a jar is loaded, or a running module is stopped for an update. A jar has its directory at its end, so that
     * an incomplete copy cannot be opened.
     *
     * @throws CommandFailed if the jar cannot be opened, or its manifest has no symbolic name
     */
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

    /** Returns the location under which the linker installs a file. */
    private static String location(Path jar) {
        return jar.toUri().toString();
    }

    /** Returns the file with the name of its folder, as messages show it. */
    private static String name(Path jar) {
        Path folder = jar.getParent();
        return folder == null
                ? jar.toString()
                : String.valueOf(
                        folder.getParent() == null ? jar : folder.getParent().relativize(jar));
    }
}
