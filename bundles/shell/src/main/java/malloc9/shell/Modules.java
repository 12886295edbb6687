package malloc9.shell;

import java.util.function.Predicate;
import malloc9.api.runtime.ModuleId;

/** Modules as an operator names them. */
final class Modules {

    private Modules() {}

    /** Those of a name, with or without version, or of a bundle's number. */
    static Predicate<ModuleId> named(String name) {
        return module -> module.name().equals(name)
                || (module.name() + "-" + module.version()).equals(name)
                || Long.toString(module.bundleId()).equals(name);
    }
}
