package dev.malloc9.shell.kld;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The failure of a load or unload in the linker. The message is complete: the operator reads nothing else. */
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
     * Returns a failure with the same cause and these lines as message.
     *
     * @param lines the lines for the operator, which contain the reason
     */
    KldFailed saying(List<String> lines) {
        return new KldFailed(String.join("\n", lines), this, curable);
    }
}
