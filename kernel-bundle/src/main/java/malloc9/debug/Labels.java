package malloc9.debug;

import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import malloc9.api.MallocType;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/**
 * Labels say of a class what a stack shows of it: its name, its module and that one's version, "" where there is none.
 *
 * <p>A label is one array for each class, found through the class and ending with it. It is made of the JDK's classes only: so neither
 * does a site keep a class, nor a class of the JDK the kernel.
 */
final class Labels extends ClassValue<String[]> {

    static final int NAME = 0;
    static final int MODULE = 1;
    static final int VERSION = 2;

    /** A label of a class of the kernel or its API is longer by one. */
    private static final int OTHERS = 3;

    private static final Set<ProtectionDomain> OWN =
            Set.copyOf(List.of(Labels.class.getProtectionDomain(), MallocType.class.getProtectionDomain()));

    private final Function<Class<?>, @Nullable ModuleId> moduleOf;

    /** @param moduleOf the bundle that a class belongs to, null if to none */
    Labels(Function<Class<?>, @Nullable ModuleId> moduleOf) {
        this.moduleOf = moduleOf;
    }

    /** Whether a label is of a class of the kernel or its API. */
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
            label[MODULE] = bundle.name();
            label[VERSION] = bundle.version();
        } else if (module != null) {
            label[MODULE] = module;
        }
        return label;
    }
}
