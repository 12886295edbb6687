package dev.malloc9.vm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The platform layer: the C functions that the kernel calls. They are linked when this class is initialized.
 *
 * <p>On Linux all of them are linked. If a function is missing on a platform, the corresponding {@code has...} method returns false. The
 * kernel then uses a slower implementation in pure Java, or has no holes. The methods that need a missing function throw {@link
 * UnsupportedOperationException}, except {@link #pageSize} and {@link #name}.
 */
public final class Libc {

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_DONTDUMP = 16;
    private static final int MADV_DODUMP = 17;
    private static final long MAP_FAILED = -1L;
    private static final int MFD_CLOEXEC = 1;
    private static final int PR_SET_VMA = 0x53564d41;
    private static final long PR_SET_VMA_ANON_NAME = 0;

    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");

    private static final @Nullable MethodHandle MMAP = LINUX
            ? link(
                    "mmap",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG))
            : null;
    private static final @Nullable MethodHandle MUNMAP =
            LINUX ? link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG)) : null;
    private static final @Nullable MethodHandle MADVISE =
            LINUX ? link("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)) : null;

    private static final @Nullable MethodHandle PRCTL = LINUX
            ? link(
                    "prctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1))
            : null;

    /** Called as a critical function, without leaving the Java state, because it is trivial: 2 to 3 ns. */
    private static final @Nullable MethodHandle PTHREAD_SELF =
            link("pthread_self", FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));

    /** Called as a critical function, too: trivial for sizes up to some KiB. */
    private static final @Nullable MethodHandle MEMSET = link(
            "memset", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG), Linker.Option.critical(false));

    private static final @Nullable MethodHandle GETPAGESIZE = link("getpagesize", FunctionDescriptor.of(JAVA_INT));

    private static final @Nullable MethodHandle MEMFD_CREATE =
            LINUX ? link("memfd_create", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT)) : null;
    private static final @Nullable MethodHandle CLOSE =
            LINUX ? link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)) : null;

    /**
     * The same C function as {@code PTHREAD_SELF}, called with the transition from the Java state to native and back. On that transition
     * the JVM delivers a pending asynchronous exception of the thread.
     */
    private static final @Nullable MethodHandle FENCE =
            LINUX ? link("pthread_self", FunctionDescriptor.of(JAVA_LONG)) : null;

    private Libc() {}

    /** Returns whether anonymous memory can be mapped, unmapped and purged. */
    public static boolean hasAnonymousMemory() {
        return MMAP != null && MUNMAP != null && MADVISE != null;
    }

    /** Returns whether {@link #threadSelf} is available. */
    public static boolean hasThreadSelf() {
        return PTHREAD_SELF != null;
    }

    /** Returns the size of an OS page in bytes; 0 if the platform has no such function. */
    static int pageSize() {
        try {
            return GETPAGESIZE == null ? 0 : (int) GETPAGESIZE.invokeExact();
        } catch (Throwable e) {
            throw unexpected("getpagesize", e);
        }
    }

    /**
     * Reserves address space that is backed on first touch and reads as zero.
     *
     * @param bytes the size in bytes
     * @return the address, or 0 if the OS refuses
     */
    static long reserve(long bytes) {
        try {
            long address = (long) linked(MMAP)
                    .invokeExact(
                            0L, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
            return address == MAP_FAILED ? 0 : address;
        } catch (Throwable e) {
            throw unexpected("mmap", e);
        }
    }

    /** Returns whether holes can be made: memory for which an access from Java code throws an error and does not end the JVM. */
    static boolean hasHoles() {
        return hasAnonymousMemory() && MEMFD_CREATE != null && CLOSE != null && FENCE != null;
    }

    /**
     * Creates an empty file that exists in memory only and has no path.
     *
     * @param name the name that {@code /proc} shows
     * @return the file descriptor, or -1 if the OS refuses
     */
    static int memoryFile(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    linked(MEMFD_CREATE).invokeExact(arena.allocateFrom(name).address(), MFD_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected("memfd_create", e);
        }
    }

    /** Closes a file descriptor. Mappings of the file stay valid. An error of the OS is ignored. */
    static void closeFile(int file) {
        try {
            int ignored = (int) linked(CLOSE).invokeExact(file);
        } catch (Throwable e) {
            throw unexpected("close", e);
        }
    }

    /**
     * Maps an empty file at an address that the OS chooses. The whole mapping lies beyond the end of the file.
     *
     * @return the address, or 0 if the OS refuses
     */
    static long mapHole(int file, long bytes) {
        try {
            long address = (long)
                    linked(MMAP).invokeExact(0L, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0L);
            return address == MAP_FAILED ? 0 : address;
        } catch (Throwable e) {
            throw unexpected("mmap", e);
        }
    }

    /**
     * Maps a part of an empty file at the given address. The mapping replaces the existing one.
     *
     * @param offset the offset in the file, in bytes
     * @return false if the OS refuses
     */
    static boolean mapHole(long address, long bytes, int file, long offset) {
        try {
            return address
                    == (long) linked(MMAP)
                            .invokeExact(
                                    address,
                                    bytes,
                                    PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
                                    file,
                                    offset);
        } catch (Throwable e) {
            throw unexpected("mmap", e);
        }
    }

    /**
     * Maps new memory, which reads as zero, at the given address. The mapping replaces the existing one.
     *
     * @return false if the OS refuses
     */
    static boolean mapMemory(long address, long bytes) {
        try {
            return address
                    == (long) linked(MMAP)
                            .invokeExact(
                                    address,
                                    bytes,
                                    PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE,
                                    -1,
                                    0L);
        } catch (Throwable e) {
            throw unexpected("mmap", e);
        }
    }

    /**
     * Leaves the Java state and returns to it. There the JVM delivers a pending asynchronous error of the thread, such as the
     * {@link InternalError} of an access to a hole.
     */
    static void fence() {
        try {
            long ignored = (long) linked(FENCE).invokeExact();
        } catch (Throwable e) {
            throw unexpected("pthread_self", e);
        }
    }

    /**
     * Unmaps address space. The addresses must not be used afterwards.
     *
     * @throws OsRefusal if the OS refuses
     */
    static void unmap(long address, long bytes) {
        try {
            check("munmap", (int) linked(MUNMAP).invokeExact(address, bytes), address, bytes);
        } catch (Throwable e) {
            throw unexpected("munmap", e);
        }
    }

    /**
     * Returns the memory of a range to the OS. The range stays reserved and reads as zero.
     *
     * @return false if the OS refuses; the range is then unchanged
     */
    static boolean purge(long address, long bytes) {
        try {
            return (int) linked(MADVISE).invokeExact(address, bytes, MADV_DONTNEED) == 0;
        } catch (Throwable e) {
            throw unexpected("madvise", e);
        }
    }

    /**
     * Names an anonymous mapping for {@code /proc/self/maps}.
     *
     * @return false if the OS does not support such names
     */
    static boolean name(long address, long bytes, String name) {
        if (PRCTL == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            long text = arena.allocateFrom(name).address();
            return (int) PRCTL.invokeExact(PR_SET_VMA, PR_SET_VMA_ANON_NAME, address, bytes, text) == 0;
        } catch (Throwable e) {
            throw unexpected("prctl", e);
        }
    }

    /**
     * Includes a range in core dumps, or excludes it. If the OS does not support this, the method has no effect.
     *
     * @param dumped true to include the range, false to exclude it
     */
    static void dump(long address, long bytes, boolean dumped) {
        try {
            int ignored = (int) linked(MADVISE).invokeExact(address, bytes, dumped ? MADV_DODUMP : MADV_DONTDUMP);
        } catch (Throwable e) {
            throw unexpected("madvise", e);
        }
    }

    /** Returns whether {@link #zero} is available. */
    public static boolean hasZero() {
        return MEMSET != null;
    }

    /**
     * Fills memory with zeros without leaving the Java state. A safepoint waits until the call returns, so the size should be at most some
     * KiB.
     */
    public static void zero(long address, long bytes) {
        try {
            long ignored = (long) linked(MEMSET).invokeExact(address, 0, bytes);
        } catch (Throwable e) {
            throw unexpected("memset", e);
        }
    }

    /** Returns the identifier of the calling OS thread (pthread_self). For a virtual thread, that is the carrier thread. */
    public static long threadSelf() {
        try {
            return (long) linked(PTHREAD_SELF).invokeExact();
        } catch (Throwable e) {
            throw unexpected("pthread_self", e);
        }
    }

    /** Returns a method handle of a C function, or null if the platform's default lookup does not contain it. */
    private static @Nullable MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup().find(name).orElse(null);
        return symbol == null ? null : linker.downcallHandle(symbol, shape, options);
    }

    private static MethodHandle linked(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new UnsupportedOperationException("not linked on this platform");
        }
        return handle;
    }

    private static void check(String function, int result, long address, long bytes) {
        if (result != 0) {
            throw new OsRefusal(Messages.failed(function, address, bytes));
        }
    }

    /**
     * Converts a throwable of a call to an unchecked exception.
     *
     * <p>An {@link Error} is rethrown unchanged: it is not caused by the call, but for example by an earlier access to a hole. A
     * {@link RuntimeException} is returned unchanged.
     */
    private static RuntimeException unexpected(String function, Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known
                ? known
                : new IllegalStateException(function + " could not be called", e);
    }
}
