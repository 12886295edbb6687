package malloc9.trace;

import java.util.Set;
import jdk.jfr.SettingControl;

/**
 * The setting {@code types} of a probe: globs of the types that it fires for. JFR makes one for each probe, and tells it what all
 * recordings together want.
 */
abstract class TypesControl extends SettingControl {

    private final Probe probe;

    /** Whether there was a value yet. */
    private volatile boolean told;

    TypesControl(Probe probe) {
        this.probe = probe;
    }

    @Override
    public final String combine(Set<String> values) {
        return Globs.union(values).toString();
    }

    @Override
    public final void setValue(String value) {
        told = true;
        probe.types(value);
    }

    /**
     * The default, and from the first value on with a blank behind: JFR leaves a setting alone whose value is as it was, and this one
     * has to be told when the probe is switched on or off, too.
     */
    @Override
    public final String getValue() {
        return told ? probe.types() + " " : Globs.ALL.toString();
    }

    final boolean match(String type) {
        return probe.types().match(type);
    }
}
