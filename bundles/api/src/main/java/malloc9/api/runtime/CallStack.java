package malloc9.api.runtime;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The call stack under which a block was allocated or freed; its text is one line.
 *
 * @param frames who asked the kernel, who asked him, and so on; as deep as the kernel looked, and none if it did not look. A frame's
 *     module is the bundle that its class belongs to, or the JDK's module
 */
public record CallStack(List<StackTraceElement> frames) {

    /** Of a block at whose allocation nobody looked; its text is {@code (no site)}. */
    public static final CallStack NONE = new CallStack(List.of());

    private static final String NO_SITE = "(no site)";
    private static final String CALLED_BY = " <- ";

    /** Keeps the frames as they are now. */
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
