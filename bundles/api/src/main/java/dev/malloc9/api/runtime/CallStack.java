package dev.malloc9.api.runtime;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The call stack under which a block was allocated or freed. Its text is one line.
 *
 * @param frames the frames, innermost first; limited to the captured depth, and empty if no stack was captured or the kernel has too many
 *     stacks. The module of a frame is the bundle of its class, or the JDK's module.
 */
public record CallStack(List<StackTraceElement> frames) {

    /** The call stack of a block without a captured stack. Its text is {@code (no site)}. */
    public static final CallStack NONE = new CallStack(List.of());

    private static final String NO_SITE = "(no site)";
    private static final String CALLED_BY = " <- ";

    /** Copies the list of frames. */
    public CallStack {
        frames = List.copyOf(frames);
    }

    @Override
    public String toString() {
        return frames.isEmpty()
                ? NO_SITE
                : frames.stream().map(StackTraceElement::toString).collect(Collectors.joining(CALLED_BY));
    }
}
