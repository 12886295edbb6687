package dev.malloc9.benchmarks.allocators;

import java.lang.invoke.MethodHandle;

/**
 * A C allocator that is called without a change of the thread's state ({@link java.lang.foreign.Linker.Option#critical}), which is the
 * shortest native call.
 *
 * <p>A JVM uses one library only. The handles are constants, so that C2 inlines them.
 */
final class Native implements Addresses {

    /**
     * The library of this JVM. {@link #load} sets it before {@link Functions} is initialised; a later change has no effect on the handles,
     * only on {@link #trim}.
     */
    private static volatile Library library = Library.LIBC;

    private Native() {}

    static Native load(Library which) {
        which.find();
        library = which;
        return new Native();
    }

    private static final class Functions {
        static final MethodHandle MALLOC = library.malloc();
        static final MethodHandle CALLOC = library.calloc();
        static final MethodHandle FREE = library.free();
    }

    @Override
    public long malloc(int bytes) {
        try {
            return (long) Functions.MALLOC.invokeExact((long) bytes);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long zeroed(int bytes) {
        try {
            return (long) Functions.CALLOC.invokeExact((long) bytes);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void free(long block) {
        try {
            Functions.FREE.invokeExact(block);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void trim() {
        try {
            library.trim();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
