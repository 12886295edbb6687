package dev.malloc9.malloc.type;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/** The lookup of the owner of a descriptor. An upper layer implements it, because this layer does not know bundles. */
public interface TypeOwners {

    /**
     * Returns the owner to which the declaring class of a type belongs at present.
     *
     * @throws NotLoaded if there is none
     */
    Owner ownerOf(MallocType type) throws NotLoaded;

    /** Returns the bundle to which a class belongs, or null if it belongs to none. The default implementation knows no bundles. */
    default @Nullable ModuleId moduleOf(Class<?> type) {
        return null;
    }

    /** The reason why a descriptor has no owner. */
    final class NotLoaded extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param why the reason, as the end of a sentence that begins "is not registered: " */
        public NotLoaded(String why) {
            super(why);
        }
    }
}
