package malloc9.debug;

import java.util.List;
import malloc9.api.runtime.CallStack;

/**
 * A site is the call stack under which blocks are allocated or freed: who asked the kernel, who asked him, and so on. One object for
 * each stack that {@link Sites} knows; equal by identity.
 *
 * <p>Texts only: no class lives longer for it.
 */
public final class Site {

    private final CallStack stack;

    /** How {@link Sites} tells it from others. */
    final Trace trace;

    Site(List<StackTraceElement> frames, Trace trace) {
        this.stack = new CallStack(frames);
        this.trace = trace;
    }

    /** Where the caller is, as a kernel sees it that knows no bundles. */
    public static Site capture() {
        return Sites.WITHOUT_BUNDLES.take();
    }

    /** Its stack; without frames if the kernel called itself, or too many sites are known. */
    public CallStack stack() {
        return stack;
    }

    /** The texts of its frames. */
    public List<String> frames() {
        return stack.frames().stream().map(StackTraceElement::toString).toList();
    }

    @Override
    public String toString() {
        return stack.toString();
    }
}
