package malloc9.api.runtime;

import java.io.Serializable;

/**
 * The identity of a bundle by name, version and id. The kernel has the id of its own bundle, or 0 if there is no framework.
 *
 * @param name the symbolic name, or the location if the bundle has no symbolic name
 * @param version the bundle version
 * @param bundleId the framework's id of the bundle
 */
public record ModuleId(String name, String version, long bundleId) implements Serializable {

    @Override
    public String toString() {
        return name + " " + version + " (" + bundleId + ")";
    }
}
