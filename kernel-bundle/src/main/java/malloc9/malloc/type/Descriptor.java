package malloc9.malloc.type;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import malloc9.api.KernelPanic;
import malloc9.api.MallocType;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/**
 * A memory type as a module declares it, not yet believed.
 *
 * @param name short description; garbage may have none
 * @param description what it is for; older builds have none
 * @param magic must be {@link MallocType#M_MAGIC}; garbage may have none
 * @param version of the descriptor's layout; older builds have none
 */
public record Descriptor(
        @Nullable String name,
        @Nullable String description,
        @Nullable Long magic,
        @Nullable String version) {

    private static final String SPOKEN_MAJOR =
            MallocType.DESCRIPTOR_VERSION.substring(0, MallocType.DESCRIPTOR_VERSION.indexOf('.'));

    /**
     * Believes all descriptors of a module or none (row 11: always, never only in debug).
     *
     * @throws KernelPanic naming the first that is garbage
     */
    static void check(List<Descriptor> descriptors, ModuleId module) {
        Set<String> names = new HashSet<>();
        for (Descriptor descriptor : descriptors) {
            descriptor.check(module);
            if (!names.add(String.valueOf(descriptor.name))) {
                throw new KernelPanic(TypeMessages.declaredTwice(descriptor.name, module));
            }
        }
    }

    private void check(ModuleId module) {
        if (magic == null || magic != MallocType.M_MAGIC) {
            throw new KernelPanic(TypeMessages.badMagicAtInit(magic, name, module));
        }
        if (name == null || name.isBlank()) {
            throw new KernelPanic(TypeMessages.noName(module));
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new KernelPanic(TypeMessages.controlCharacters(name, module));
        }
        if (version != null && !version.equals(SPOKEN_MAJOR) && !version.startsWith(SPOKEN_MAJOR + ".")) {
            throw new KernelPanic(TypeMessages.otherVersion(version, name, module));
        }
    }
}
