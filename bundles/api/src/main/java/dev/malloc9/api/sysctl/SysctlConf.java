package dev.malloc9.api.sysctl;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The knobs of a kernel that are kept over restarts (sysctl.conf(5)). They are set again at the next boot, after the boot environment.
 *
 * <p>The bundle config provides the service while a kernel, a Config Admin and a log service exist. The values are one configuration of the
 * Config Admin. Any number of threads may use it.
 */
@ProviderType
public interface SysctlConf {

    /** The PID of the configuration, whose attributes have the names and types of the knobs. */
    String PID = "malloc9.kernel";

    /**
     * Writes a value as {@link Sysctl#writeText} does, and keeps it. The value of a knob that is no setting ({@link Knob#isSetting}) is
     * not kept.
     *
     * <p>A text that equals the present value is not written again, but kept. A knob that is no setting is written at each call, even
     * with the same text.
     *
     * @param name the name of the knob
     * @param value the text
     * @throws SysctlFailed if the kernel refuses the value, or if there is no such knob; nothing is kept
     * @throws IOException if the value cannot be kept; the knob has the value nevertheless
     */
    void writeText(String name, String value) throws IOException;
}
