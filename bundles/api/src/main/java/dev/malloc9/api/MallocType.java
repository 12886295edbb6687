package dev.malloc9.api;

import dev.malloc9.api.kernel.TypeRecords;
import java.lang.StackWalker.Option;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * A memory type: the descriptor that a driver passes to every malloc and free (struct malloc_type).
 *
 * <p>A driver creates it with {@link #define()} in a static field that is annotated with {@link MallocDefine}. Name, description and
 * magic come from the annotation. The descriptor belongs to the bundle whose class loader loaded the declaring class.
 *
 * <p>Instances are thread-safe.
 */
public final class MallocType {

    /** The magic of a valid descriptor: the 27th of October 1997, 20:26:17 UTC, in epoch seconds. */
    public static final long M_MAGIC = 877983977L;

    /**
     * The version of the descriptor's layout in the manifest. A kernel accepts descriptors of its own major version, and descriptors
     * without a version.
     */
    public static final String DESCRIPTOR_VERSION = "1.0.0";

    /** The namespace of the capabilities by which bundles declare their types. */
    public static final String NAMESPACE = "malloc9.type";

    /** The name of the {@code osgi.implementation} capability that a kernel provides and a driver requires. */
    public static final String KERNEL_IMPLEMENTATION = "malloc9";

    private static final StackWalker STACK = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
    private static final VarHandle HANDLE;

    static {
        try {
            HANDLE = MethodHandles.lookup().findVarHandle(MallocType.class, "handle", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        TypeRecords.publish(new Records());
    }

    /** The class that called {@link #define()}. It is null only in an instance that was created by reflection or deserialization. */
    private final Class<?> declaringClass;

    /** The annotation, looked up at first use: while the declaring class is being initialized, its field does not hold this type yet. */
    private volatile @Nullable MallocDefine definition;

    /** The record of the kernel that the type is registered with (ks_handle); null for none. Written by {@link TypeRecords} only. */
    private @Nullable Object handle;

    private MallocType(Class<?> declaringClass) {
        this.declaringClass = declaringClass;
    }

    /**
     * Creates the descriptor for the annotated static field that this call initializes (MALLOC_DEFINE):
     * {@code @MallocDefine(name = "ether") static final MallocType M_ETHER = MallocType.define();}.
     *
     * <p>The call must be made by the class that declares the field. A missing annotation is found when the type is first used.
     *
     * @return a new descriptor, which is not yet registered with a kernel
     */
    public static MallocType define() {
        return new MallocType(STACK.getCallerClass());
    }

    /**
     * {@return the short description, as {@code vmstat -m} shows it (ks_shortdesc)}
     *
     * @throws InvalidRequest if no annotated static field of the declaring class holds this type, or if such a field cannot be read
     */
    public String name() {
        return definition().name();
    }

    /**
     * {@return the purpose of the memory; may be empty}
     *
     * @throws InvalidRequest as {@link #name()}
     */
    public String description() {
        return definition().description();
    }

    /**
     * {@return the descriptor's magic (ks_magic): {@link #M_MAGIC} in a valid descriptor}
     *
     * @throws InvalidRequest as {@link #name()}
     */
    public long magic() {
        return definition().magic();
    }

    /** {@return the class that declares the type} The bundle of that class owns the memory. */
    public Class<?> declaringClass() {
        return declaringClass;
    }

    /**
     * {@return the record that a kernel keeps for this type, or null if there is none (ks_handle)}
     *
     * <p>Drivers have no use for the record and cannot replace it: only a kernel writes it, through {@link TypeRecords}. The field is read
     * without memory ordering. A stale value leads to a record that is marked as dead.
     */
    public @Nullable Object handle() {
        return handle;
    }

    private MallocDefine definition() {
        MallocDefine found = definition;
        if (found == null) {
            found = findDefinition();
            definition = found;
        }
        return found;
    }

    private MallocDefine findDefinition() {
        if (declaringClass == null) {
            // The instance was made by reflection or by a deserialiser.
            throw new InvalidRequest("malloc_init: the declaring class of the type is null");
        }
        for (Field field : declaringClass.getDeclaredFields()) {
            MallocDefine candidate = field.getAnnotation(MallocDefine.class);
            if (candidate != null && Modifier.isStatic(field.getModifiers()) && holdsThis(field)) {
                return candidate;
            }
        }
        throw new InvalidRequest("malloc_init: no @MallocDefine on the static field of " + declaringClass.getName()
                + " that holds this type");
    }

    private boolean holdsThis(Field field) {
        try {
            field.setAccessible(true);
            return field.get(null) == this;
        } catch (IllegalAccessException | RuntimeException e) {
            throw new InvalidRequest("malloc_init: cannot read " + field + ": its module must open "
                    + declaringClass.getPackageName() + " to the malloc9 API (" + e.getMessage() + ")");
        }
    }

    @Override
    public String toString() {
        return declaringClass == null
                ? "MallocType[]"
                : "MallocType[" + name() + " of " + declaringClass.getName() + "]";
    }

    /** The write access to the records of types, which kernels use through {@link TypeRecords}. */
    private static final class Records extends TypeRecords {

        @Override
        public boolean replace(MallocType type, @Nullable Object expected, @Nullable Object record) {
            ClassLoader caller = STACK.getCallerClass().getClassLoader();
            return isOf(caller, expected) && isOf(caller, record) && HANDLE.compareAndSet(type, expected, record);
        }

        @SuppressWarnings("ReferenceEquality") // identity comparison is intended
        private static boolean isOf(@Nullable ClassLoader loader, @Nullable Object record) {
            return record == null || record.getClass().getClassLoader() == loader;
        }
    }
}
