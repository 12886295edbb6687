package dev.malloc9.api.kernel;

import dev.malloc9.api.MallocType;
import org.jspecify.annotations.Nullable;

/**
 * The write access to the record that a kernel keeps in a {@link MallocType} (ks_handle). {@link MallocType} has the only implementation.
 * Thread-safe.
 */
public abstract class TypeRecords {

    /** The published access; null until {@link MallocType} is initialized. */
    private static volatile @Nullable TypeRecords access;

    /** Creates the access; called by {@link MallocType} only. */
    protected TypeRecords() {}

    /**
     * Publishes the access. {@link MallocType} calls this method when its class is initialized.
     *
     * @param implementation the access
     * @throws IllegalStateException if an access was published before
     */
    public static synchronized void publish(TypeRecords implementation) {
        if (access != null) {
            throw new IllegalStateException("the access to type records is published already");
        }
        access = implementation;
    }

    /**
     * {@return the access}
     *
     * @throws IllegalStateException if the class {@link MallocType} is not initialized yet
     */
    public static TypeRecords get() {
        TypeRecords published = access;
        if (published == null) {
            throw new IllegalStateException("there is no MallocType yet");
        }
        return published;
    }

    /**
     * Replaces the record of a type if it is the expected one (compare-and-set, compared by identity).
     *
     * <p>Both records must be null or of a class of the caller's class loader. One kernel, or a driver, therefore cannot store or remove
     * the record of another kernel. If a record is of another class loader, nothing is replaced.
     *
     * @param type the memory type
     * @param expected the record that is replaced; null for none
     * @param record the new record; null to remove the record
     * @return whether the record was replaced
     */
    public abstract boolean replace(MallocType type, @Nullable Object expected, @Nullable Object record);
}
