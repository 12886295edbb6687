package dev.malloc9.config;

import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.SysctlConf;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.ObjectClassDefinition;

/** The Metatype of the configuration: one attribute for each writable knob that the kernel has now. */
record KnobClass(List<Knob> knobs) implements ObjectClassDefinition {

    @Override
    public String getName() {
        return Texts.NAME;
    }

    @Override
    public String getID() {
        return SysctlConf.PID;
    }

    @Override
    public String getDescription() {
        return Texts.DESCRIPTION;
    }

    /**
     * Returns the attributes; null if the required ones are requested. All are optional: a knob that is not set keeps its value from boot.
     */
    @Override
    public AttributeDefinition @Nullable [] getAttributeDefinitions(int filter) {
        return filter == REQUIRED
                ? null
                : knobs.stream()
                        .filter(Knob::isWritable)
                        .map(KnobAttribute::new)
                        .toArray(AttributeDefinition[]::new);
    }

    @Override
    public @Nullable InputStream getIcon(int size) {
        return null;
    }
}
