package dev.malloc9.malloc.alloc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import org.jspecify.annotations.Nullable;

/**
 * The kernel that C2 treats as a constant. Most processes have only one kernel.
 *
 * <p>The kernel is the target of a call site, so that C2 treats it and the components of its records as constants. The addresses of the
 * tables become part of the compiled code, and a fast path does not load each of them from an object at every call. A second kernel in the
 * process uses the same code and loads them.
 *
 * <p>Thread-safe.
 */
public final class ConstantKernel {

    /** The number of kernels that may become the constant one after another: C2 stops compiling a method that it recompiled too often. */
    private static final int TURNS = 64;

    private static final MutableCallSite KNOWN = new MutableCallSite(MethodType.methodType(KernelServices.class));
    private static final MethodHandle CONSTANT = KNOWN.dynamicInvoker();

    /** The number of kernels so far that were, or would have been, made the constant. Guarded by the class. */
    private static int turns;

    static {
        know(null);
    }

    private ConstantKernel() {}

    /** Returns the constant kernel, or null if there is none. A kernel stays the constant until {@link #leave}. */
    static @Nullable KernelServices known() {
        try {
            return (KernelServices) CONSTANT.invokeExact();
        } catch (RuntimeException | Error e) {
            // Not thrown by the constant: a pending asynchronous InternalError of the thread, or a StackOverflowError.
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a constant has no exception", e);
        }
    }

    /** Makes a new kernel the constant. No effect if another kernel is the constant, or after {@link #TURNS} kernels. */
    public static synchronized void settle(KernelServices kernel) {
        if (known() == null && turns++ < TURNS) {
            know(kernel);
        }
    }

    /**
     * Removes a kernel that ends, so that the next kernel to be created may become the constant. No effect if the kernel is not the
     * constant. Kernels that exist already do not become the constant.
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
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
