package dev.malloc9.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.options.UrlProvisionOption;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

/**
 * Finds the bundles on the test class path by symbolic name, so that Maven alone decides about versions.
 *
 * <p>The location of a jar begins with {@code file:}. The location of a folder of classes with a manifest (a run in an IDE) begins with
 * {@code reference:file:}. Of two bundles with one name, the first one on the class path is found. A framework has no class path: inside,
 * the locations are read from framework properties, which the driver and {@link MadeBundle#option} set.
 */
public final class ClasspathBundles {

    /** The prefix of the framework property that holds a bundle's location. The symbolic name follows it. */
    static final String PROPERTY_PREFIX = "malloc9.testkit.location.";

    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private ClasspathBundles() {}

    /**
     * Returns the option that installs and starts a bundle, for {@code options()} of a test class.
     *
     * @throws IllegalArgumentException if the test class path has no such bundle
     */
    public static UrlProvisionOption bundle(String symbolicName) {
        return CoreOptions.bundle(location(symbolicName));
    }

    /**
     * Returns the URL of a bundle, for {@code BundleContext.installBundle}. Works outside and inside a framework.
     *
     * @throws IllegalArgumentException if the test class path has no such bundle
     */
    public static String location(String symbolicName) {
        Bundle inside = FrameworkUtil.getBundle(ClasspathBundles.class);
        String location = inside == null
                ? Scan.LOCATIONS.get(symbolicName)
                : inside.getBundleContext().getProperty(PROPERTY_PREFIX + symbolicName);
        if (location == null) {
            throw new IllegalArgumentException("no bundle " + symbolicName + " on the test class path");
        }
        return location;
    }

    /** Returns the locations of all bundles on the class path by symbolic name. Works outside a framework only. */
    static Map<String, String> locations() {
        return Scan.LOCATIONS;
    }

    /**
     * Returns a header of a bundle's manifest; null if there is none. Works outside a framework only.
     *
     * @throws IllegalArgumentException if the test class path has no such bundle
     */
    static @Nullable String header(String symbolicName, String header) {
        try (InputStream in = Scan.manifestOf(location(symbolicName)).openStream()) {
            return new Manifest(in).getMainAttributes().getValue(header);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The locations on the class path, which is read once. */
    private static final class Scan {

        static final Map<String, String> LOCATIONS = Collections.unmodifiableMap(scan());

        private static Map<String, String> scan() {
            Map<String, String> found = new TreeMap<>();
            try {
                ClassLoader loader = ClasspathBundles.class.getClassLoader();
                for (URL manifest : Collections.list(loader.getResources(MANIFEST))) {
                    String symbolicName = symbolicName(manifest);
                    if (symbolicName != null) {
                        found.putIfAbsent(symbolicName, locationOf(manifest));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return found;
        }

        private static @Nullable String symbolicName(URL manifest) throws IOException {
            try (InputStream in = manifest.openStream()) {
                Attributes headers = new Manifest(in).getMainAttributes();
                String header = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
                return header == null ? null : header.split(";", 2)[0].strip();
            }
        }

        private static String locationOf(URL manifest) {
            String url = manifest.toString();
            return url.startsWith("jar:")
                    ? url.substring("jar:".length(), url.indexOf("!/"))
                    : "reference:" + url.substring(0, url.length() - MANIFEST.length());
        }

        static URL manifestOf(String location) throws IOException {
            String url = location.startsWith("reference:")
                    ? location.substring("reference:".length()) + MANIFEST
                    : "jar:" + location + "!/" + MANIFEST;
            return URI.create(url).toURL();
        }
    }
}
