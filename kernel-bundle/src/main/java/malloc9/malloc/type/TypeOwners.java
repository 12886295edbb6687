package malloc9.malloc.type;

import malloc9.api.MallocType;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/** Tells whose a descriptor is; the layer above knows bundles, this one does not. */
public interface TypeOwners {

    /**
     * The owner that the type's declaring class belongs to, now.
     *
     * @throws NotLoaded if there is none
     */
    Owner ownerOf(MallocType type) throws NotLoaded;

    /** The bundle that a class belongs to; null if it belongs to none. */
    default @Nullable ModuleId moduleOf(Class<?> type) {
        return null;
    }

    /** Why a descriptor has no owner. */
    final class NotLoaded extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param why in words that finish "is not registered: …" */
        public NotLoaded(String why) {
            super(why);
        }
    }
}
