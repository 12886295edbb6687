package malloc9.module;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import malloc9.api.DriverActivator;
import malloc9.api.MallocType;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWiring;

/** The manifest headers by which a bundle declares memory types, and the texts about missing ones. */
final class DriverManifest {

    private static final String ACTIVATOR = DriverActivator.class.getName();

    private DriverManifest() {}

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
