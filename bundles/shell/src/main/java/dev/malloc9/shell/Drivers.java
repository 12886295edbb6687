package dev.malloc9.shell;

import dev.malloc9.api.runtime.ModuleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The folder of the drivers that {@code kldload} finds by name (the module path).
 *
 * @param folder the folder; null if no folder is known
 */
record Drivers(@Nullable Path folder) {

    /** The framework property that names the folder. If it is not set, the folder is {@code drivers} in the folder {@code kernel.home}. */
    static final String FOLDER = "malloc9.drivers";

    private static final String HOME = "kernel.home";
    private static final String JAR = ".jar";

    /** Returns the folder that the framework properties name. The folder need not exist. */
    static Drivers of(BundleContext context) {
        String folder = context.getProperty(FOLDER);
        if (folder != null) {
            return new Drivers(Path.of(folder));
        }
        String home = context.getProperty(HOME);
        return new Drivers(home == null ? null : Path.of(home, "drivers"));
    }

    /**
     * Returns the real path of the jar that the operator names. A text with a slash or with the ending .jar is a file; any other text is
     * the short or full name of a driver in this folder. The content is not checked.
     *
     * @param workingFolder the folder against which a relative file is resolved
     * @throws CommandFailed if there is no such file or driver, or if a driver is named and no folder is known
     */
    Path find(String text, Path workingFolder) {
        try {
            if (text.indexOf('/') >= 0 || text.endsWith(JAR)) {
                return workingFolder.resolve(text).toRealPath();
            }
            if (folder == null) {
                throw new CommandFailed(Messages.cannotLoad(text, Messages.NO_DRIVERS_FOLDER));
            }
            Path jar = folder.resolve(ModuleId.shortName(text) + JAR);
            if (!Files.isRegularFile(jar)) {
                throw new CommandFailed(Messages.noSuchDriver(text, folder, names()));
            }
            return jar.toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw new CommandFailed(Messages.noSuchFile(text), e);
        }
    }

    /** Returns the sorted names of the jars in the folder, without .jar; empty if no folder is known or it cannot be read. */
    List<String> names() {
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(JAR))
                    .map(name -> name.substring(0, name.length() - JAR.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Returns the symbolic names of the bundles whose location begins with the URI of this folder; empty if no folder is known. Symbolic
     * links in the path of the folder are not resolved for the comparison.
     */
    Stream<String> loaded(Bundle[] bundles) {
        String prefix = folder == null ? null : folder.toUri().toString();
        return prefix == null
                ? Stream.empty()
                : Arrays.stream(bundles)
                        .filter(bundle -> bundle.getLocation().startsWith(prefix))
                        .map(Bundle::getSymbolicName)
                        .filter(Objects::nonNull);
    }
}
