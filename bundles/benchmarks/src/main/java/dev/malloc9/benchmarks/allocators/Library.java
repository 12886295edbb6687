package dev.malloc9.benchmarks.allocators;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** A library with a C allocator: its file, the names of its functions, and its way to return unused pages. */
enum Library {
    LIBC("", "malloc", "calloc", "free"),
    JEMALLOC("libjemalloc.so.2", "malloc", "calloc", "free"),
    MIMALLOC("libmimalloc.so.2", "mi_malloc", "mi_calloc", "mi_free");

    private static final Linker LINKER = Linker.nativeLinker();

    private final String file;
    private final String malloc;
    private final String calloc;
    private final String free;

    Library(String file, String malloc, String calloc, String free) {
        this.file = file;
        this.malloc = malloc;
        this.calloc = calloc;
        this.free = free;
    }

    /**
     * Checks that the library can be loaded and has the function malloc.
     *
     * @throws Unavailable if the library cannot be loaded
     * @throws java.util.NoSuchElementException if the library has no malloc of the expected name
     */
    void find() {
        symbols().findOrThrow(malloc);
    }

    private SymbolLookup symbols() {
        if (file.isEmpty()) {
            return LINKER.defaultLookup();
        }
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Unavailable(file + " is not installed or cannot be loaded");
        }
    }

    /** Returns a handle of malloc, of type {@code (long bytes)long}. */
    MethodHandle malloc() {
        return critical(malloc, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    }

    /** Returns a handle of calloc for one element, of type {@code (long bytes)long}. */
    MethodHandle calloc() {
        MethodHandle calloc = critical(this.calloc, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
        return MethodHandles.insertArguments(calloc, 0, 1L);
    }

    /** Returns a handle of free, of type {@code (long block)void}. */
    MethodHandle free() {
        return critical(free, FunctionDescriptor.ofVoid(JAVA_LONG));
    }

    private MethodHandle critical(String function, FunctionDescriptor shape) {
        return LINKER.downcallHandle(symbols().findOrThrow(function), shape, Linker.Option.critical(false));
    }

    /**
     * Returns unused pages to the system. jemalloc also flushes the cache of the calling thread, but not of other threads.
     *
     * @throws IllegalStateException if jemalloc refuses
     */
    void trim() throws Throwable {
        switch (this) {
            case LIBC -> {
                MethodHandle trim = call("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
                int ignored = (int) trim.invokeExact(0L);
            }
            case JEMALLOC -> {
                control("thread.tcache.flush");
                // The index 4096 stands for all arenas (MALLCTL_ARENAS_ALL).
                control("arena.4096.purge");
            }
            case MIMALLOC ->
                call("mi_collect", FunctionDescriptor.ofVoid(JAVA_BOOLEAN)).invokeExact(true);
        }
    }

    private void control(String name) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle mallctl =
                    call("mallctl", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
            int error = (int) mallctl.invokeExact(
                    arena.allocateFrom(name), MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, 0L);
            if (error != 0) {
                throw new IllegalStateException("mallctl " + name + " failed with " + error);
            }
        }
    }

    private MethodHandle call(String function, FunctionDescriptor shape) {
        return LINKER.downcallHandle(symbols().findOrThrow(function), shape);
    }
}
