package malloc9.api;

import java.lang.StackWalker.Option;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import malloc9.api.kernel.TypeRecords;
import org.jspecify.annotations.Nullable;

/**
 * A memory type: the descriptor under which a driver allocates (struct malloc_type).
 *
 * <p>A driver makes one with {@link #define()} in a static field annotated with {@link MallocDefine}, and passes it to
 * every malloc and free. Name, description and magic come from the annotation, so that each stands once. The
 * descriptor belongs to the bundle whose class loader loaded the declaring class.
 *
 * <p>Instances may be shared by any number of threads.
 */
public final class MallocType {

    /** What a sound descriptor carries: the 27th of October 1997, 20:26:17 UTC, in epoch seconds. */
    public static final long M_MAGIC = 877983977L;

    /** The layout of the descriptor in the manifest; a kernel accepts its own major version. */
    public static final String DESCRIPTOR_VERSION = "1.0.0";

    /** The namespace of the capabilities by which bundles declare their types. */
    public static final String NAMESPACE = "malloc9.type";

    /** The {@code osgi.implementation} that a kernel provides and a driver requires. */
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

    private final Class<?> declaringClass;

    /** Found at first use: while the declaring class initialises, its fields are not yet there. */
    private volatile @Nullable MallocDefine definition;

    /** Owned by the kernel that the type is registered with (ks_handle). */
    private @Nullable Object handle;

    private MallocType(Class<?> declaringClass) {
        this.declaringClass = declaringClass;
    }

    /**
     * Makes the descriptor for the annotated static field that this call initialises:
     * {@code @MallocDefine(name = "ether") static final MallocType M_ETHER = MallocType.define();}.
     */
    public static MallocType define() {
        return new MallocType(STACK.getCallerClass());
    }

    /** The short description, as {@code vmstat -m} shows it. */
    public String name() {
        return definition().name();
    }

    /** What the memory is for; may be empty. */
    public String description() {
        return definition().description();
    }

    /** The descriptor's magic: {@link #M_MAGIC} in a sound one. */
    public long magic() {
        return definition().magic();
    }

    /** The class that declares the type; its bundle owns the memory. */
    public Class<?> declaringClass() {
        return declaringClass;
    }

    /**
     * The kernel's own record of this type, or null while it has none. Drivers have no use for it, and cannot replace it: only a kernel
     * writes it, through {@link TypeRecords}. Read without order: a stale one leads to a record that knows that it is dead.
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

    /** The access that kernels have. */
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
