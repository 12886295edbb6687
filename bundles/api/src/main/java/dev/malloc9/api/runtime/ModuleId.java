package dev.malloc9.api.runtime;

import java.io.Serializable;
import java.util.List;

/**
 * The identity of a bundle by name, version and id. The kernel has the id of its own bundle. Without a framework, a class that declares
 * types stands for a bundle: it has the name of the class, an empty version and the id 0.
 *
 * @param name the symbolic name, or the location if the bundle has no symbolic name
 * @param version the bundle version
 * @param bundleId the framework's id of the bundle
 */
public record ModuleId(String name, String version, long bundleId) implements Serializable {

    /** The prefixes of the symbolic names of malloc9's own bundles, the longest first. */
    private static final List<String> PREFIXES = List.of("dev.malloc9.samples.", "dev.malloc9.");

    /**
     * {@return the name by which messages, tables and commands call a bundle: its symbolic name without {@code dev.malloc9.} or
     * {@code dev.malloc9.samples.}, as in {@code kernel} and {@code ether}} Any other name, or one with more parts, is returned unchanged.
     *
     * @param symbolicName the symbolic name of a bundle, or its location; not null
     */
    public static String shortName(String symbolicName) {
        for (String prefix : PREFIXES) {
            String rest = symbolicName.startsWith(prefix) ? symbolicName.substring(prefix.length()) : "";
            if (!rest.isEmpty() && rest.indexOf('.') < 0) {
                return rest;
            }
        }
        return symbolicName;
    }

    /** {@return the {@linkplain #shortName(String) short form} of the name} */
    public String shortName() {
        return shortName(name);
    }

    /** Returns the short name, the version and the id, as in {@code ether 1.0.0 (12)}. */
    @Override
    public String toString() {
        return shortName() + " " + version + " (" + bundleId + ")";
    }
}
