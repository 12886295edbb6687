package dev.malloc9.shell;

import dev.malloc9.api.runtime.ModuleId;
import java.util.function.Predicate;

/** Finds modules by the names that operators use. */
final class Modules {

    private Modules() {}

    /**
     * Returns a predicate for the modules with a short or full name, with one of them and a version as {@code kldstat} shows it, or with a
     * bundle id. Several modules may match.
     */
    static Predicate<ModuleId> named(String name) {
        return module -> module.name().equals(name)
                || module.shortName().equals(name)
                || (module.name() + "-" + module.version()).equals(name)
                || (module.shortName() + "-" + module.version()).equals(name)
                || Long.toString(module.bundleId()).equals(name);
    }
}
