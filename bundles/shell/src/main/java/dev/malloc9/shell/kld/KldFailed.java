package dev.malloc9.shell.kld;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a load, update or unload in the linker. The message is complete: the operator reads nothing else. The message may have
 * several lines.
 */
public final class KldFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean curable;

    KldFailed(String message) {
        this(message, null, false);
    }

    KldFailed(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private KldFailed(String message, @Nullable Throwable cause, boolean curable) {
        super(message, cause);
        this.curable = curable;
    }

    /** Creates a failure that the loading or unloading of another module may cure. */
    static KldFailed curable(String message, @Nullable Throwable cause) {
        return new KldFailed(message, cause, true);
    }

    /** Returns whether the same operation may succeed after another module has been loaded or unloaded. */
    public boolean isCurable() {
        return curable;
    }

    /**
     * Returns a failure with these lines as its whole message, and with this failure as its cause. The result is curable if this failure
     * is.
     *
     * @param lines the lines for the operator. The message of this failure is not added, so the caller includes the reason.
     */
    KldFailed saying(List<String> lines) {
        return new KldFailed(String.join("\n", lines), this, curable);
    }
}
