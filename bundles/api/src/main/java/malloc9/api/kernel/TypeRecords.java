package malloc9.api.kernel;

import malloc9.api.MallocType;
import org.jspecify.annotations.Nullable;

/** Write access to the record that a kernel keeps in a {@link MallocType}. */
public abstract class TypeRecords {

    private static volatile @Nullable TypeRecords access;

    /** Only {@link MallocType} has an implementation. */
    protected TypeRecords() {}

    /**
     * Publishes the access. {@link MallocType} calls this when its class is initialised.
     *
     * @throws IllegalStateException if an access was published before
     */
    public static synchronized void publish(TypeRecords implementation) {
        if (access != null) {
            throw new IllegalStateException("the access to type records is published already");
        }
        access = implementation;
    }

    /**
     * Returns the access.
     *
     * @throws IllegalStateException if there is no MallocType yet
     */
    public static TypeRecords get() {
        TypeRecords published = access;
        if (published == null) {
            throw new IllegalStateException("there is no MallocType yet");
        }
        return published;
    }

    /**
     * Replaces the record of a type if it is the expected one. Both must be null or of a class of the caller's class loader: one kernel, or a
     * driver, cannot store or remove the record of another.
     *
     * @param expected the record that is replaced; null for none
     * @param record the new record; null to remove the record
     * @return whether the record was replaced
     */
    public abstract boolean replace(MallocType type, @Nullable Object expected, @Nullable Object record);
}
