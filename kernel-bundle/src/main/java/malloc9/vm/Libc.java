package malloc9.vm;

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
 * The platform border: the handful of C functions that the kernel calls, linked once.
 *
 * <p>Linux has them all. Where one is missing its {@code has…} says so, and the kernel takes a slower way that needs
 * nothing but Java.
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

    /** Trivial enough to be called without leaving the Java state: 2 to 3 ns. */
    private static final @Nullable MethodHandle PTHREAD_SELF =
            link("pthread_self", FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));

    /** As trivial, up to some KiB. */
    private static final @Nullable MethodHandle MEMSET = link(
            "memset", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG), Linker.Option.critical(false));

    private static final @Nullable MethodHandle GETPAGESIZE = link("getpagesize", FunctionDescriptor.of(JAVA_INT));

    private static final @Nullable MethodHandle MEMFD_CREATE =
            LINUX ? link("memfd_create", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT)) : null;
    private static final @Nullable MethodHandle CLOSE =
            LINUX ? link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)) : null;

    /** The same function as above, but with the way out of the Java state and back, where the JVM delivers what waits for the thread. */
    private static final @Nullable MethodHandle FENCE =
            LINUX ? link("pthread_self", FunctionDescriptor.of(JAVA_LONG)) : null;

    private Libc() {}

    /** Whether anonymous memory can be mapped and given back. */
    public static boolean hasAnonymousMemory() {
        return MMAP != null && MUNMAP != null && MADVISE != null;
    }

    /** Whether the OS thread can be asked for its name. */
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
     * @return its address, or 0 if the OS refuses
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

    /** Whether there can be holes: memory whose touch from Java is an error, and not the end. */
    static boolean hasHoles() {
        return hasAnonymousMemory() && MEMFD_CREATE != null && CLOSE != null && FENCE != null;
    }

    /**
     * Makes a file of no bytes that lives in memory only, and has no path.
     *
     * @return its descriptor, or -1 if the OS refuses
     */
    static int memoryFile(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    linked(MEMFD_CREATE).invokeExact(arena.allocateFrom(name).address(), MFD_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected("memfd_create", e);
        }
    }

    /** Closes a descriptor; what is mapped of its file stays. */
    static void closeFile(int file) {
        try {
            int ignored = (int) linked(CLOSE).invokeExact(file);
        } catch (Throwable e) {
            throw unexpected("close", e);
        }
    }

    /**
     * Maps a file of no bytes, wherever there is room: all of it lies beyond the file's end.
     *
     * @return its address, or 0 if the OS refuses
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
     * Maps a file of no bytes from an offset on over what is mapped there.
     *
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
     * Maps fresh memory, which reads as zero, over what is mapped there.
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

    /** Leaves the Java state and comes back: the JVM delivers here what the thread has coming, a fault in a hole for one. */
    static void fence() {
        try {
            long ignored = (long) linked(FENCE).invokeExact();
        } catch (Throwable e) {
            throw unexpected("pthread_self", e);
        }
    }

    /** Ends a reservation; the addresses mean nothing afterwards. */
    static void unmap(long address, long bytes) {
        try {
            check("munmap", (int) linked(MUNMAP).invokeExact(address, bytes), address, bytes);
        } catch (Throwable e) {
            throw unexpected("munmap", e);
        }
    }

    /**
     * Gives the memory behind a range back; the range stays reserved and reads as zero.
     *
     * @return false if the OS refuses, and the range is as it was
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
     * @return false where the OS has no such names
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

    /** Says whether a range belongs into core dumps; a kernel that does not know the advice does without. */
    static void dump(long address, long bytes, boolean dumped) {
        try {
            int ignored = (int) linked(MADVISE).invokeExact(address, bytes, dumped ? MADV_DODUMP : MADV_DONTDUMP);
        } catch (Throwable e) {
            throw unexpected("madvise", e);
        }
    }

    /** Whether {@link #zero} is there. */
    public static boolean hasZero() {
        return MEMSET != null;
    }

    /** Zeroes memory without leaving the Java state, so that no safepoint waits longer than that takes: for some KiB. */
    public static void zero(long address, long bytes) {
        try {
            long ignored = (long) linked(MEMSET).invokeExact(address, 0, bytes);
        } catch (Throwable e) {
            throw unexpected("memset", e);
        }
    }

    /** The OS's name of the calling OS thread: of the carrier, for a virtual thread. */
    public static long threadSelf() {
        try {
            return (long) linked(PTHREAD_SELF).invokeExact();
        } catch (Throwable e) {
            throw unexpected("pthread_self", e);
        }
    }

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

    /** What a call threw: an error, as that of a hole touched before, is not the call's, and goes on as it is. */
    private static RuntimeException unexpected(String function, Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known
                ? known
                : new IllegalStateException(function + " could not be called", e);
    }
}
