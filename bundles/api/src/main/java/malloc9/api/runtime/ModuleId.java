package malloc9.api.runtime;

import java.io.Serializable;

/**
 * A bundle by name, version and id; the kernel itself has the id of its own bundle, or 0 where there is no framework.
 *
 * @param name symbolic name
 * @param version bundle version
 * @param bundleId the framework's id
 */
public record ModuleId(String name, String version, long bundleId) implements Serializable {

    @Override
    public String toString() {
        return name + " " + version + " (" + bundleId + ")";
    }
}
