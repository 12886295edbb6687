package dev.malloc9.malloc.type;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/** A lookup of the owners of memory types. An upper layer implements it, because this layer does not know bundles. */
public interface TypeOwners {

    /**
     * Returns the present owner of a type. The owner may have no registered type of that name. An implementation may register the type
     * first, so the caller does not hold the lock of the registry.
     *
     * @param type a type with a declaring class
     * @throws NotLoaded if the type has no owner at present
     * @throws dev.malloc9.api.KernelPanic if the implementation registers the type and the registry refuses it
     */
    Owner ownerOf(MallocType type) throws NotLoaded;

    /** Returns the bundle to which a class belongs, or null if it belongs to none. The default implementation returns null. */
    default @Nullable ModuleId moduleOf(Class<?> type) {
        return null;
    }

    /** The error of a type that has no owner at present. The message is the reason. */
    final class NotLoaded extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param why the reason, as the words that follow "is not registered: " */
        public NotLoaded(String why) {
            super(why);
        }
    }
}
