package dev.malloc9.debug;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The labels of classes. A label has the parts of a class that a stack shows: the class's name, its module and the module's version. For a
 * class of a bundle, module and version are the bundle's short name and version. For any other class, the module is the Java module, and
 * the version is missing. A missing part is "".
 *
 * <p>A label is one array for each class, and is found through the class and freed with it. It consists of objects of JDK classes only. A
 * site that refers to it therefore keeps no class alive, and a class of the JDK does not keep the kernel alive.
 */
final class Labels extends ClassValue<String[]> {

    static final int NAME = 0;
    static final int MODULE = 1;
    static final int VERSION = 2;

    /** The length of a label. The label of a class of the kernel or its API is longer by one. */
    private static final int OTHERS = 3;

    private static final Set<ProtectionDomain> OWN =
            Set.copyOf(List.of(Labels.class.getProtectionDomain(), MallocType.class.getProtectionDomain()));

    private final Function<Class<?>, @Nullable ModuleId> moduleOf;

    /** @param moduleOf the function that returns the bundle of a class; null for a class of no bundle */
    Labels(Function<Class<?>, @Nullable ModuleId> moduleOf) {
        this.moduleOf = moduleOf;
    }

    /** Returns whether a label belongs to a class of the kernel or its API. */
    static boolean isOwn(String[] label) {
        return label.length > OTHERS;
    }

    @Override
    protected String[] computeValue(Class<?> type) {
        ModuleId bundle = moduleOf.apply(type);
        String module = type.getModule().getName();
        String[] label = new String[OWN.contains(type.getProtectionDomain()) ? OTHERS + 1 : OTHERS];
        Arrays.fill(label, "");
        label[NAME] = type.getName();
        if (bundle != null) {
            label[MODULE] = bundle.shortName();
            label[VERSION] = bundle.version();
        } else if (module != null) {
            label[MODULE] = module;
        }
        return label;
    }
}
