package malloc9.malloc.alloc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import org.jspecify.annotations.Nullable;

/**
 * The kernel that C2 knows: mostly a process has one.
 *
 * <p>It is the target of a call site, so C2 takes it for a constant, and what a record holds as well: the addresses of tables become part of
 * the code, where a fast path would load each from some object at every call. A kernel beside it goes by the same code and loads them.
 */
public final class ConstantKernel {

    /** So many kernels in turn may be the known one: C2 gives up on what it has to compile too often. */
    private static final int TURNS = 64;

    private static final MutableCallSite KNOWN = new MutableCallSite(MethodType.methodType(KernelServices.class));
    private static final MethodHandle CONSTANT = KNOWN.dynamicInvoker();

    /** Guarded by the class. */
    private static int turns;

    static {
        know(null);
    }

    private ConstantKernel() {}

    /** The known kernel, or null; the same for as long as it lives. */
    static @Nullable KernelServices known() {
        try {
            return (KernelServices) CONSTANT.invokeExact();
        } catch (RuntimeException | Error e) {
            // Not the constant's: a fault that the thread had coming, or the end of its stack.
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a constant has no exception", e);
        }
    }

    /** Makes a kernel the known one, if there is no other. */
    public static synchronized void settle(KernelServices kernel) {
        if (known() == null && turns++ < TURNS) {
            know(kernel);
        }
    }

    /** A kernel has ended: the next one may be the known one. */
    @SuppressWarnings("ReferenceEquality") // a kernel is which it is
    public static synchronized void leave(KernelServices kernel) {
        if (known() == kernel) {
            know(null);
        }
    }

    private static void know(@Nullable KernelServices kernel) {
        KNOWN.setTarget(MethodHandles.constant(KernelServices.class, kernel));
        MutableCallSite.syncAll(new MutableCallSite[] {KNOWN});
    }
}
