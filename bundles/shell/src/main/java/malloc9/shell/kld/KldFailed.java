package malloc9.shell.kld;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A load or unload that the linker refused; the message is complete, as the operator reads it. */
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

    /** A failure that the arrival or the removal of another module may cure. */
    static KldFailed curable(String message, @Nullable Throwable cause) {
        return new KldFailed(message, cause, true);
    }

    /** Whether the same file may succeed after another module has come or gone. */
    public boolean isCurable() {
        return curable;
    }

    /** The same failure with the lines that were to be told, of which the reason is one. */
    KldFailed saying(List<String> lines) {
        return new KldFailed(String.join("\n", lines), this, curable);
    }
}
