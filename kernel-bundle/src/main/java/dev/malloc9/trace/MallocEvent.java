package dev.malloc9.trace;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;

/** The JFR event of a malloc: a block was handed out. Written only for the types of its setting {@code types}. */
@Name("malloc9.Malloc")
@Label("Malloc")
@Description("A block was handed out")
final class MallocEvent extends TypeOperation {

    MallocEvent(Trace.Operation operation) {
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
            super(Probe.MALLOC);
        }
    }
}
