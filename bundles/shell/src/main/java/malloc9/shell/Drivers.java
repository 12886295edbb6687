package malloc9.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The folder of drivers that {@code kldload} knows by name (the module path). */
record Drivers(@Nullable Path folder) {

    /** The framework property that names the folder; {@code drivers} in {@code kernel.home} unless told. */
    static final String FOLDER = "malloc9.drivers";

    private static final String HOME = "kernel.home";
    private static final String JAR = ".jar";

    static Drivers of(BundleContext context) {
        String folder = context.getProperty(FOLDER);
        if (folder != null) {
            return new Drivers(Path.of(folder));
        }
        String home = context.getProperty(HOME);
        return new Drivers(home == null ? null : Path.of(home, "drivers"));
    }

    /**
     * The jar that is meant: a file, if the text has a slash or ends in .jar, else a driver of this folder.
     *
     * @param workingFolder what relative files start from
     * @throws CommandFailed if there is no such file
     */
    Path find(String text, Path workingFolder) {
        try {
            if (text.indexOf('/') >= 0 || text.endsWith(JAR)) {
                return workingFolder.resolve(text).toRealPath();
            }
            if (folder == null) {
                throw new CommandFailed(Messages.cannotLoad(text, Messages.NO_DRIVERS_FOLDER));
            }
            Path jar = folder.resolve(text + JAR);
            if (!Files.isRegularFile(jar)) {
                throw new CommandFailed(Messages.noSuchDriver(text, folder, names()));
            }
            return jar.toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw new CommandFailed(Messages.noSuchFile(text), e);
        }
    }

    /** The names of the drivers, sorted. */
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

    /** The symbolic names of those bundles that came from here. */
    Stream<String> loaded(Bundle[] bundles) {
        String prefix = folder == null ? null : folder.toUri().toString();
        return prefix == null
                ? Stream.empty()
                : Arrays.stream(bundles)
                        .filter(bundle -> bundle.getLocation().startsWith(prefix))
                        .map(Bundle::getSymbolicName);
    }
}
