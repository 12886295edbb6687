package malloc9.debug.memguard;

import java.util.List;
import java.util.Set;

/** The frames of who called the kernel: text, which keeps no class loader alive. */
final class Frames {

    /** How many are kept. */
    private static final int DEPTH = 8;

    /** Where the kernel's own frames of a request end. */
    private static final Set<String> DOORS = Set.of(
            "malloc9.malloc.KernMalloc",
            "malloc9.malloc.GuardedRequests",
            "malloc9.malloc.MallocService",
            "malloc9.malloc.RawMallocService",
            "malloc9.debug.memguard.MemGuard",
            "malloc9.debug.memguard.Frames");

    private Frames() {}

    /** Those of the caller's caller, from outside of the kernel on, innermost first. */
    static List<String> here() {
        return StackWalker.getInstance()
                .walk(frames -> frames.dropWhile(frame -> isKernels(frame.getClassName()))
                        .limit(DEPTH)
                        .map(frame -> frame.toStackTraceElement().toString())
                        .toList());
    }

    private static boolean isKernels(String name) {
        int inner = name.indexOf('$');
        return DOORS.contains(inner < 0 ? name : name.substring(0, inner));
    }
}
