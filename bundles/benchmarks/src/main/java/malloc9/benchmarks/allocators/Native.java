package malloc9.benchmarks.allocators;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * A C allocator, called without leaving the Java state ({@link Linker.Option#critical}): the shortest way there is.
 *
 * <p>One library a JVM: the handles are constants, so that C2 inlines them.
 */
final class Native implements Addresses {

    /** The library, and the names of its functions. */
    private record Library(String file, String malloc, String free) {}

    /** Set by {@link #load} before {@link Functions} is initialised. */
    private static volatile Library library = new Library("", "malloc", "free");

    private Native() {}

    /** The C library's allocator. */
    static Native libc() {
        return load("", "malloc", "free");
    }

    static Native jemalloc() {
        return load("libjemalloc.so.2", "malloc", "free");
    }

    static Native mimalloc() {
        return load("libmimalloc.so.2", "mi_malloc", "mi_free");
    }

    private static Native load(String file, String malloc, String free) {
        if (!file.isEmpty()) {
            try {
                SymbolLookup.libraryLookup(file, Arena.global());
            } catch (IllegalArgumentException e) {
                throw new Unavailable(file + " is not installed or cannot be loaded");
            }
        }
        library = new Library(file, malloc, free);
        return new Native();
    }

    private static final class Functions {
        static final MethodHandle MALLOC = link(library.malloc, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        static final MethodHandle FREE = link(library.free, FunctionDescriptor.ofVoid(JAVA_LONG));

        private static MethodHandle link(String function, FunctionDescriptor shape) {
            Linker linker = Linker.nativeLinker();
            SymbolLookup symbols = library.file.isEmpty()
                    ? linker.defaultLookup()
                    : SymbolLookup.libraryLookup(library.file, Arena.global());
            return linker.downcallHandle(symbols.findOrThrow(function), shape, Linker.Option.critical(false));
        }
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
    public void free(long block) {
        try {
            Functions.FREE.invokeExact(block);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
