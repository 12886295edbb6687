package malloc9.config;

import java.io.InputStream;
import java.util.List;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.SysctlConf;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.ObjectClassDefinition;

/** The Metatype of the configuration: an attribute for each knob that can be written, as the kernel has them now. */
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

    /** All are optional: what is not set is as it was at boot. */
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
