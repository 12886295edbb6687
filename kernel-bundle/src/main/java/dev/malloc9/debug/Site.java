package dev.malloc9.debug;

import dev.malloc9.api.runtime.CallStack;
import java.util.List;

/**
 * A site: the call stack under which blocks are allocated or freed, from the caller of the kernel outwards. {@link Sites} has one object
 * for each stack that it knows. Sites are compared by identity.
 *
 * <p>A site consists of texts only and keeps no class alive.
 */
public final class Site {

    private final CallStack stack;

    /** The trace by which {@link SiteIndex} finds this site. */
    final StackTrace trace;

    Site(List<StackTraceElement> frames, StackTrace trace) {
        this.stack = new CallStack(frames);
        this.trace = trace;
    }

    /**
     * Returns the call stack. It has no frames if the whole stack belongs to the kernel and its API, or if the site stands for all stacks
     * beyond the limit of {@link SiteIndex}.
     */
    public CallStack stack() {
        return stack;
    }

    /** Returns the frames as text, innermost first. */
    public List<String> frames() {
        return stack.frames().stream().map(StackTraceElement::toString).toList();
    }

    @Override
    public String toString() {
        return stack.toString();
    }
}
