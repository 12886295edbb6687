package dev.malloc9.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;

/**
 * The settings of one launch: the system properties that {@code felix-config/run} sets, and the framework properties that follow from them
 * and from {@code conf/config.properties}.
 *
 * @param home the folder of the distribution
 * @param load the folder that is watched for drivers; null if none is watched
 * @param keep the folder for configurations; null if they are deleted with the process
 * @param batch whether a batch of commands runs instead of the interactive shell
 */
record Settings(Path home, @Nullable String load, @Nullable String keep, boolean batch) {

    /** The system property with the distribution's folder. */
    static final String HOME = "malloc9.home";

    /** The property with the folder that is watched for drivers. */
    static final String LOAD = "malloc9.load";

    /** The property with the folder that keeps configurations. */
    static final String CONFIG = "malloc9.config";

    /** The property with the path of the file of the kernel's boot tunables. */
    static final String LOADER_CONF = "malloc9.loader.conf";

    /** The property with the file of the shell's history. */
    static final String HISTORY = "malloc9.history";

    /** The property with the text of a batch. */
    static final String COMMANDS = "malloc9.batch.commands";

    /** The property with the path of a batch's file; - is the standard input. */
    static final String FILE = "malloc9.batch.file";

    /**
     * The prefixes of overriding properties. A system property whose name begins with such a prefix becomes a framework property, and
     * replaces the present one.
     */
    private static final List<String> OVERRIDING = List.of("felix.", "org.osgi.framework.");

    /** The character that the JDK substitutes for bytes that are not valid in the encoding of file names. */
    private static final char UNDECODABLE = '\uFFFD';

    /**
     * Reads the system properties.
     *
     * @throws BootFailed if the distribution's folder is not set, or one of these properties is not decodable
     */
    static Settings read(Properties system) throws BootFailed {
        for (String name : List.of(HOME, LOAD, CONFIG, LOADER_CONF, HISTORY, FILE, COMMANDS)) {
            requireDecodable(system.getProperty(name, ""), system);
        }
        String home = system.getProperty(HOME);
        if (home == null) {
            throw new BootFailed(HOME + " is not set; felix-config/run sets it");
        }
        return new Settings(
                Path.of(home),
                system.getProperty(LOAD),
                system.getProperty(CONFIG),
                system.getProperty(COMMANDS) != null || system.getProperty(FILE) != null);
    }

    /**
     * Checks that the JVM could decode a text. An undecodable path would name another file.
     *
     * @throws BootFailed if the text contains a substituted character
     */
    static void requireDecodable(String text, Properties system) throws BootFailed {
        if (text.indexOf(UNDECODABLE) >= 0) {
            throw new BootFailed(
                    "not in the encoding of this locale, " + system.getProperty("sun.jnu.encoding") + ": " + text);
        }
    }

    /**
     * Returns the framework's properties.
     *
     * @param folder the folder for everything that is deleted with the process
     * @throws BootFailed if the file of the properties cannot be read
     */
    Map<String, String> framework(PrivateFolder folder, Properties system) throws BootFailed {
        Map<String, String> properties = new HashMap<>();
        file().forEach((name, value) -> properties.put(name.toString(), value.toString()));
        properties.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
        properties.put("felix.cm.dir", keep == null ? folder.resolve("config").toString() : keep);
        properties.put("malloc9.drivers", home.resolve("drivers").toString());
        properties.put("gosh.home", home.toString());
        properties.put("gosh.args", batch ? "--nointeractive" : "--nohistory");
        if (load != null) {
            properties.put("felix.fileinstall.dir", literal(load));
            properties.put(
                    "felix.fileinstall.tmpdir",
                    literal(folder.resolve("fileinstall").toString()));
        }
        for (String name : system.stringPropertyNames()) {
            if (OVERRIDING.stream().anyMatch(name::startsWith)) {
                properties.put(name, system.getProperty(name));
            }
        }
        return properties;
    }

    private Properties file() throws BootFailed {
        Path file = home.resolve("conf/config.properties");
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new BootFailed("cannot read the framework's properties", e);
        }
        return properties;
    }

    /** Escapes a text against File Install's substitution: $__ stands for $, and a backslash escapes. */
    static String literal(String text) {
        return text.replace("\\", "\\\\").replace("$", "$__");
    }
}
