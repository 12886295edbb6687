package dev.malloc9.config;

import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.SysctlConf;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * The Metatype object class of the configuration: one attribute for each writable knob.
 *
 * @param knobs all knobs of the kernel at the time of Metatype's request; read-only knobs have no attribute
 */
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
     * Returns the attributes, an empty array if there are none. Returns null if the required ones are requested. All attributes are
     * optional: the configuration need not name every knob.
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
