package malloc9.shell;

import java.util.function.Predicate;
import malloc9.api.runtime.ModuleId;

/** Finds modules by the names that operators use. */
final class Modules {

    private Modules() {}

    /** Returns a predicate for the modules with a name, with a name and version as {@code kldstat} shows them, or with a bundle id. */
    static Predicate<ModuleId> named(String name) {
        return module -> module.name().equals(name)
                || (module.name() + "-" + module.version()).equals(name)
                || Long.toString(module.bundleId()).equals(name);
    }
}
