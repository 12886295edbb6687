package dev.malloc9.trace;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;

/** The JFR event of a free: a block was taken back. Written only for the types of its setting {@code types}. */
@Name("malloc9.Free")
@Label("Free")
@Description("A block was taken back")
final class FreeEvent extends TypeOperation {

    FreeEvent(Trace.Operation operation) {
        super(operation);
    }

    @SettingDefinition
    @Label("Types")
    @Description("The types whose operations are recorded, as globs with commas between them")
    boolean types(Types types) {
        return types.match(type);
    }

    /** The control of the setting {@code types}. JFR creates it. */
    static final class Types extends TypesControl {
        Types() {
            super(Probe.FREE);
        }
    }
}
