package malloc9.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import malloc9.api.MallocType;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** What an unresolvable bundle lacks, in plain words. */
final class MissingRequirement {

    private static final Pattern AT_LEAST = Pattern.compile("(?<!\\(!)\\(version>=([^)]*)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]*)\\)\\)");
    private static final Pattern EXACTLY = Pattern.compile("\\(version=([^)]*)\\)");

    private MissingRequirement() {}

    /** The first mandatory requirement that no installed bundle can meet; none if the reason lies deeper. */
    static Optional<String> of(Bundle bundle, Bundle[] installed) {
        BundleRevision wanting = bundle.adapt(BundleRevision.class);
        if (wanting == null) {
            return Optional.empty();
        }
        List<BundleCapability> offered = Arrays.stream(installed)
                .map(each -> each.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(null).stream())
                .toList();
        return wanting.getDeclaredRequirements(null).stream()
                .filter(MissingRequirement::isMandatory)
                .filter(requirement -> offered.stream().noneMatch(requirement::matches))
                .map(MissingRequirement::inPlainWords)
                .findFirst();
    }

    private static boolean isMandatory(BundleRequirement requirement) {
        String resolution = requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE);
        String effective = requirement.getDirectives().get(Constants.EFFECTIVE_DIRECTIVE);
        return (resolution == null || resolution.equals(Constants.RESOLUTION_MANDATORY))
                && (effective == null || effective.equals(Constants.EFFECTIVE_RESOLVE));
    }

    private static String inPlainWords(BundleRequirement requirement) {
        String namespace = requirement.getNamespace();
        String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        String name = first(Pattern.compile("\\(" + Pattern.quote(namespace) + "=([^)]*)\\)"), filter)
                .orElse(filter);
        return switch (namespace) {
            case PackageNamespace.PACKAGE_NAMESPACE -> Messages.needsPackage(name, versions(filter));
            case BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
                Messages.needsBundle(name, versions(filter));
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
                Messages.needsJava(
                        name,
                        first(EXACTLY, filter).orElse(filter),
                        String.valueOf(Runtime.version().feature()));
            default ->
                name.equals(MallocType.KERNEL_IMPLEMENTATION)
                        ? Messages.needsKernel(versions(filter))
                        : Messages.needsCapability(namespace, filter);
        };
    }

    /** The range as a manifest writes it, after a blank; nothing where any version will do. */
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
