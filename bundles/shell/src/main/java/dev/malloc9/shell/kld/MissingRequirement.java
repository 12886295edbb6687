package dev.malloc9.shell.kld;

import dev.malloc9.api.MallocType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * A mandatory requirement of a module that no installed bundle meets, not even a stopped one. Requirements that are not effective at
 * resolve time are ignored.
 */
final class MissingRequirement {

    private static final Pattern AT_LEAST = Pattern.compile("(?<!\\(!)\\((?:bundle-)?version>=([^)]*)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\((?:bundle-)?version>=([^)]*)\\)\\)");
    private static final Pattern EXACTLY = Pattern.compile("\\(version=([^)]*)\\)");

    private final BundleRequirement requirement;

    private MissingRequirement(BundleRequirement requirement) {
        this.requirement = requirement;
    }

    /**
     * Returns the missing requirements of the bundle, in the order of its manifest; empty if the bundle is uninstalled.
     *
     * @param installed the bundles whose capabilities count; the bundle itself should be among them
     */
    static List<MissingRequirement> of(Bundle bundle, Bundle[] installed) {
        BundleRevision wanting = bundle.adapt(BundleRevision.class);
        if (wanting == null) {
            return List.of();
        }
        List<BundleCapability> offered = Arrays.stream(installed)
                .map(each -> each.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(null).stream())
                .toList();
        return wanting.getDeclaredRequirements(null).stream()
                .filter(MissingRequirement::isMandatory)
                .filter(requirement -> offered.stream().noneMatch(requirement::matches))
                .map(MissingRequirement::new)
                .toList();
    }

    private static boolean isMandatory(BundleRequirement requirement) {
        String resolution = requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE);
        String effective = requirement.getDirectives().get(Constants.EFFECTIVE_DIRECTIVE);
        return (resolution == null || resolution.equals(Constants.RESOLUTION_MANDATORY))
                && (effective == null || effective.equals(Constants.EFFECTIVE_RESOLVE));
    }

    /** Returns the first capability of the bundle that meets the requirement; empty if there is none or the bundle is uninstalled. */
    Optional<BundleCapability> metBy(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision == null
                ? Optional.empty()
                : revision.getDeclaredCapabilities(requirement.getNamespace()).stream()
                        .filter(requirement::matches)
                        .findFirst();
    }

    /** Returns the namespace of the requirement. */
    String namespace() {
        return requirement.getNamespace();
    }

    /**
     * Returns the name that the requirement asks for in its namespace; its whole filter if it asks for no name. The filter may be empty.
     */
    String name() {
        return first(Pattern.compile("\\(" + Pattern.quote(namespace()) + "=([^)]*)\\)"), filter())
                .orElse(filter());
    }

    private String filter() {
        return requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
    }

    /** Returns the requirement as a message for the operator. */
    String text() {
        String filter = filter();
        return switch (namespace()) {
            case PackageNamespace.PACKAGE_NAMESPACE -> Messages.needsPackage(name(), versions(filter));
            case BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
                Messages.needsBundle(name(), versions(filter));
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
                name().equals("UNKNOWN")
                        ? Messages.UNKNOWN_JAVA
                        : Messages.needsJava(
                                name(),
                                first(EXACTLY, filter).orElse(filter),
                                String.valueOf(Runtime.version().feature()));
            default ->
                name().equals(MallocType.KERNEL_IMPLEMENTATION)
                        ? Messages.needsKernel(versions(filter))
                        : Messages.needsCapability(namespace(), filter);
        };
    }

    /**
     * Returns the version range with a leading blank, in the syntax of a manifest or as a lower bound; empty if no bound is recognized.
     * Only the attributes {@code version} and {@code bundle-version}, an inclusive lower and an exclusive upper bound are recognized. Other
     * bounds are left out.
     */
    private static String versions(String filter) {
        Optional<String> atLeast = first(AT_LEAST, filter);
        Optional<String> below = first(BELOW, filter);
        if (below.isPresent()) {
            return " [" + atLeast.orElse("0.0.0") + "," + below.get() + ")";
        }
        return atLeast.map(version -> " " + version + " or newer").orElse("");
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
