package dev.malloc9.trace;

import java.util.Set;
import jdk.jfr.SettingControl;

/**
 * The setting {@code types} of a probe: the globs of the types for which the probe fires. JFR creates one control for each probe, and
 * passes it the combined value of all recordings.
 */
abstract class TypesControl extends SettingControl {

    private final Probe probe;

    /** True once JFR has set a value. */
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
     * Returns the default value before JFR has set a value; afterwards the current value with a blank appended. JFR does not set a value
     * that equals the current one. The blank makes every value differ, because the probe must also be informed when it is switched on or
     * off.
     */
    @Override
    public final String getValue() {
        return told ? probe.types() + " " : Globs.ALL.toString();
    }

    /** Returns whether the probe fires for a type of that name. */
    final boolean match(String type) {
        return probe.types().match(type);
    }
}
