package dev.malloc9.malloc.type;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A declaration of a memory type as found in a module, before it is checked.
 *
 * @param name the short description that names the type; null if the declaration has none
 * @param description the description of the type's use; null in older builds
 * @param magic the magic number, which must be {@link MallocType#M_MAGIC}; null if the declaration has none
 * @param version the version of the descriptor's layout; null in older builds, which is accepted
 */
public record Descriptor(
        @Nullable String name,
        @Nullable String description,
        @Nullable Long magic,
        @Nullable String version) {

    /** The major version of the descriptors that this kernel accepts. */
    private static final String SPOKEN_MAJOR =
            MallocType.DESCRIPTOR_VERSION.substring(0, MallocType.DESCRIPTOR_VERSION.indexOf('.'));

    /**
     * Checks all descriptors of a module (row 11: always, not only in debug mode).
     *
     * @throws KernelPanic if a descriptor is invalid or two have the same name; the message names the first such descriptor
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

    /** Checks this descriptor: magic, name and version. A name must not be blank or contain control characters. */
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
