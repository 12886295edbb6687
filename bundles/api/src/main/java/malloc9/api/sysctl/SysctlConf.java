package malloc9.api.sysctl;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What of a kernel's knobs is kept over restarts: set again at the next boot, behind the boot environment (sysctl.conf(5)).
 *
 * <p>There is such a service where there is a Config Admin to keep it, as one configuration. May be used by any number of threads.
 */
@ProviderType
public interface SysctlConf {

    /** The configuration's name; its attributes have the names and types of the knobs. */
    String PID = "malloc9.kernel";

    /**
     * Writes a value as {@link Sysctl#writeText} does, which throws if it is refused, and keeps it. What is no setting
     * ({@link Knob#isSetting}) is written and not kept.
     *
     * @throws IOException if it cannot be kept; the knob has the value all the same
     */
    void writeText(String name, String value) throws IOException;
}
