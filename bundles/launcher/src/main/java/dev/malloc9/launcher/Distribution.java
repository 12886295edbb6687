package dev.malloc9.launcher;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bundles of the distribution with their start levels, in the order of their start.
 *
 * <p>A stop goes through the levels in reverse order. Drivers stop after the interactive shell, and before the bundles of level 1, to which
 * the kernel belongs.
 */
final class Distribution {

    /** The start level of the framework when each bundle has been started. The beginning level in conf/config.properties is one less. */
    static final int LEVEL = 10;

    /** The start level of a bundle that a command or File Install installs. */
    static final int DRIVERS = 5;

    /**
     * A bundle of the distribution.
     *
     * @param jar the file of the bundle
     * @param level the start level of the bundle
     */
    record Part(Path jar, int level) {
        String name() {
            return String.valueOf(jar.getFileName());
        }
    }

    private Distribution() {}

    /**
     * Returns the bundles. File Install is one of them only if a folder is watched.
     *
     * @throws BootFailed if the folder of the bundles cannot be read
     */
    static List<Part> parts(Path home, boolean watching) throws BootFailed {
        List<Part> parts = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("bundle"), "*.jar")) {
            jars.forEach(jar -> parts.add(new Part(jar, 1)));
        } catch (IOException | DirectoryIteratorException e) {
            throw new BootFailed("cannot read the distribution's bundles", e);
        }
        parts.sort((one, other) -> one.jar().compareTo(other.jar()));
        // The Event Admin stops before the log, because a stop in the middle of an event is logged as a warning.
        parts.add(new Part(home.resolve("later/org.apache.felix.eventadmin.jar"), 2));
        if (watching) {
            parts.add(new Part(home.resolve("later/org.apache.felix.fileinstall.jar"), 8));
        }
        parts.add(new Part(home.resolve("later/org.apache.felix.gogo.jline.jar"), 9));
        return parts;
    }
}
