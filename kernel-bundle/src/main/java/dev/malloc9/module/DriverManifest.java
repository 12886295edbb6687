package dev.malloc9.module;

import dev.malloc9.api.DriverActivator;
import dev.malloc9.api.MallocType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWiring;

/** The manifest headers by which a bundle declares memory types, and the texts about missing ones. */
final class DriverManifest {

    private static final String ACTIVATOR = DriverActivator.class.getName();

    /** The import of the API by its name until 1.0. */
    private static final Pattern FORMER_API = Pattern.compile("(^|,)\\s*malloc9\\.api\\s*(;|,|$)");

    private DriverManifest() {}

    /** Returns a warning if the bundle imports the API by its name until 1.0. The framework cannot resolve such a bundle. */
    static Optional<String> formerNames(Bundle bundle) {
        String imports = bundle.getHeaders("").get(Constants.IMPORT_PACKAGE);
        return imports == null || !FORMER_API.matcher(imports).find()
                ? Optional.empty()
                : Optional.of(
                        "Warning: " + Modules.moduleId(bundle) + " was built for an older malloc9 and cannot start:"
                                + " its package malloc9.api is " + MallocType.class.getPackageName()
                                + " now; build it against dev.malloc9:malloc9-api");
    }

    /**
     * Returns a warning if the bundle's activator is not the API's {@link DriverActivator}. The kernel cannot refuse the start of such a
     * bundle. It stops the bundle afterwards if its descriptors are garbage.
     */
    static Optional<String> withoutCheck(Bundle bundle) {
        String activator = bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATOR);
        if (ACTIVATOR.equals(activator)) {
            return Optional.empty();
        }
        return Optional.of("Warning: " + Modules.moduleId(bundle)
                + " starts before its memory types are checked; write Bundle-Activator: " + ACTIVATOR
                + (activator == null ? "" : " and " + DriverActivator.DRIVER_ACTIVATOR + ": " + activator.strip()));
    }

    /**
     * Returns the reason why a type of the bundle is not registered, if the reason lies in the manifest. Empty if the manifest declares the
     * type, or if the bundle is not resolved.
     */
    static Optional<String> reason(Bundle bundle, String type) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        if (wiring == null) {
            return Optional.empty();
        }
        List<String> declared = wiring.getCapabilities(MallocType.NAMESPACE).stream()
                .map(capability -> capability.getAttributes().get(MallocType.NAMESPACE))
                .filter(Objects::nonNull)
                .map(name -> "'" + name + "'")
                .toList();
        if (declared.contains("'" + type + "'")) {
            return Optional.empty();
        }
        return Optional.of("the manifest of " + Modules.moduleId(bundle) + " declares "
                + (declared.isEmpty() ? "no memory type" : String.join(", ", declared)) + "; write Provide-Capability: "
                + MallocType.NAMESPACE + ";" + MallocType.NAMESPACE + "=\"" + type + "\";magic:Long="
                + MallocType.M_MAGIC);
    }
}
