package dev.malloc9.api;

import dev.malloc9.api.runtime.ModuleId;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;

/** Compares the memory types in a bundle's manifest with the annotations of its classes, before the driver starts. */
final class DeclaredTypes {

    private DeclaredTypes() {}

    /**
     * Checks that the manifest declares the name of each annotated field of the classes. A bundle without a revision (it was uninstalled)
     * is not checked.
     *
     * @throws InvalidRequest if the manifest does not declare a name; the message names the type
     */
    static void check(Bundle bundle, Collection<Class<?>> classes) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) {
            return;
        }
        Set<String> declared = revision.getDeclaredCapabilities(MallocType.NAMESPACE).stream()
                .map(capability -> String.valueOf(capability.getAttributes().get(MallocType.NAMESPACE)))
                .collect(Collectors.toSet());
        for (Class<?> type : classes) {
            for (Field field : type.getDeclaredFields()) {
                MallocDefine definition = field.getAnnotation(MallocDefine.class);
                if (definition != null && !declared.contains(definition.name())) {
                    throw new InvalidRequest(undeclared(bundle, type, definition, declared));
                }
            }
        }
    }

    private static String undeclared(Bundle bundle, Class<?> type, MallocDefine definition, Set<String> declared) {
        String missing =
                "malloc_init: type '" + definition.name() + "' of " + type.getName() + " is not in the manifest of "
                        + ModuleId.shortName(bundle.getSymbolicName()) + ", which declares " + declared + ": ";
        return isUnwritable(definition.name())
                ? missing + "a name cannot have a double quote, a backslash or ${"
                : missing + "Provide-Capability needs " + MallocType.NAMESPACE + ";" + MallocType.NAMESPACE + "=\""
                        + definition.name() + "\";magic:Long=" + MallocType.M_MAGIC;
    }

    private static boolean isUnwritable(String text) {
        return text.indexOf('"') >= 0 || text.indexOf('\\') >= 0 || text.contains("${");
    }
}
