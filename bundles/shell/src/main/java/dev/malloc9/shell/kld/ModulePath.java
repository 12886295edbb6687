package dev.malloc9.shell.kld;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/** The folders with the jars in which a module's dependencies are searched (kern.module_path). */
final class ModulePath {

    private final BundleContext context;
    private final List<Path> folders;

    ModulePath(BundleContext context, List<Path> folders) {
        this.context = context;
        this.folders = folders;
    }

    /**
     * Installs the module that meets the requirement, from the first folder that has one. Jars that are installed already and fragments are
     * skipped.
     *
     * <p>Among several modules of that folder, installs the one that offers the highest version; of equal versions, the first by file name.
     * All candidates are installed for the comparison, and all others are uninstalled.
     *
     * @return the module, which is not started; empty if no folder has one
     * @throws IllegalStateException if a candidate cannot be uninstalled
     */
    Optional<Bundle> install(MissingRequirement requirement) {
        for (Path folder : folders) {
            Bundle best = null;
            for (Path jar : jars(folder)) {
                Bundle candidate = mayMeet(requirement, jar) ? install(jar) : null;
                if (candidate == null) {
                    continue;
                }
                if (!meets(requirement, candidate)
                        || (best != null
                                && version(requirement, candidate).compareTo(version(requirement, best)) <= 0)) {
                    uninstall(candidate);
                } else {
                    if (best != null) {
                        uninstall(best);
                    }
                    best = candidate;
                }
            }
            if (best != null) {
                return Optional.of(best);
            }
        }
        return Optional.empty();
    }

    /** Returns the jars of the folder, sorted by path; empty if the folder cannot be read. */
    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Returns whether the manifest header for the requirement contains the required name or, for other capabilities, the namespace. The
     * search is for a part of the text, so a jar may still fail to meet the requirement. Most jars need not be installed to exclude them.
     * Returns false for an unreadable jar, and for one without a manifest.
     */
    private static boolean mayMeet(MissingRequirement requirement, Path jar) {
        try (JarFile content = new JarFile(jar.toFile())) {
            if (content.getManifest() == null) {
                return false;
            }
            Attributes headers = content.getManifest().getMainAttributes();
            return switch (requirement.namespace()) {
                case PackageNamespace.PACKAGE_NAMESPACE -> names(headers, Constants.EXPORT_PACKAGE, requirement.name());
                case BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
                    names(headers, Constants.BUNDLE_SYMBOLICNAME, requirement.name());
                default -> names(headers, Constants.PROVIDE_CAPABILITY, requirement.namespace());
            };
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean names(Attributes headers, String header, String name) {
        String value = headers.getValue(header);
        return value != null && value.contains(name);
    }

    /** Installs a jar. Returns null for a jar that is installed already from this file, or that the framework refuses. */
    private @Nullable Bundle install(Path jar) {
        String location = jar.toUri().toString();
        try {
            return context.getBundle(location) == null ? context.installBundle(location) : null;
        } catch (BundleException e) {
            return null;
        }
    }

    private static boolean meets(MissingRequirement requirement, Bundle candidate) {
        BundleRevision revision = candidate.adapt(BundleRevision.class);
        return candidate.getSymbolicName() != null
                && revision != null
                && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) == 0
                && requirement.metBy(candidate).isPresent();
    }

    /** Returns the version of the capability that meets the requirement; the version of the bundle if the capability has none. */
    private static Version version(MissingRequirement requirement, Bundle candidate) {
        return requirement
                .metBy(candidate)
                .map(BundleCapability::getAttributes)
                .map(attributes -> attributes.get(
                        attributes.containsKey(Constants.BUNDLE_VERSION_ATTRIBUTE)
                                        && !requirement.namespace().equals(PackageNamespace.PACKAGE_NAMESPACE)
                                ? Constants.BUNDLE_VERSION_ATTRIBUTE
                                : Constants.VERSION_ATTRIBUTE))
                .filter(Version.class::isInstance)
                .map(Version.class::cast)
                .orElse(candidate.getVersion());
    }

    private static void uninstall(Bundle candidate) {
        try {
            candidate.uninstall();
        } catch (BundleException e) {
            throw new IllegalStateException("cannot uninstall " + candidate, e);
        }
    }
}
