package malloc9.benchmarks.allocators;

import java.lang.invoke.MethodHandle;

/**
 * A C allocator, called without leaving the Java state ({@link java.lang.foreign.Linker.Option#critical}): the shortest
 * way there is.
 *
 * <p>One library a JVM: the handles are constants, so that C2 inlines them.
 */
final class Native implements Addresses {

    /** Set by {@link #load} before {@link Functions} is initialised. */
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
