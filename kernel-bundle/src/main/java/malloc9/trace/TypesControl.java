package malloc9.trace;

import java.util.Set;
import jdk.jfr.SettingControl;

/**
 * The setting {@code types} of a probe: globs of the types that it fires for. JFR makes one for each probe, and tells it what all
 * recordings together want.
 */
abstract class TypesControl extends SettingControl {

    private final Probe probe;

    TypesControl(Probe probe) {
        this.probe = probe;
    }

    @Override
    public final String combine(Set<String> values) {
        return Globs.union(values).toString();
    }

    @Override
    public final void setValue(String value) {
        probe.types(value);
    }

    /**
     * With a blank behind it: JFR leaves a setting alone whose value is the same as before, and this one is told when the probe
     * is switched on or off, too.
     */
    @Override
    public final String getValue() {
        return probe.types() + " ";
    }

    final boolean match(String type) {
        return probe.types().match(type);
    }
}
