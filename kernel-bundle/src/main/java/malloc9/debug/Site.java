package malloc9.debug;

import java.util.List;
import java.util.stream.Stream;

/**
 * A site is a call stack as text, innermost frame first: strings only, so that it keeps no class alive.
 */
public final class Site {

    private static final int DEPTH = 18;
    private static final StackWalker WALKER = StackWalker.getInstance();

    private final List<String> frames;

    private Site(List<String> frames) {
        this.frames = frames;
    }

    /** Where the caller's caller is. */
    public static Site capture() {
        return new Site(WALKER.walk(Site::outsideTheKernel));
    }

    /** The frames, innermost first. */
    public List<String> frames() {
        return frames;
    }

    private static List<String> outsideTheKernel(Stream<StackWalker.StackFrame> stack) {
        return stack.skip(1)
                .limit(DEPTH)
                .map(frame -> frame.toStackTraceElement().toString())
                .toList();
    }
}
