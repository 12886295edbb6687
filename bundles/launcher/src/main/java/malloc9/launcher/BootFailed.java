package malloc9.launcher;

import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** A boot that cannot be completed. The message is one line for the operator. */
final class BootFailed extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    BootFailed(String message) {
        super(oneLine(message));
    }

    /**
     * Describes a step that failed.
     *
     * @param step the step, as in "cannot start malloc9.shell.jar"
     * @param failure the failure, of which the innermost cause gives the reason
     */
    BootFailed(String step, Throwable failure) {
        super(oneLine(step + ": " + reason(failure)), failure);
    }

    /** Returns the message of the innermost cause that has one, or the name of its class. */
    static String reason(Throwable failure) {
        Throwable innermost = failure;
        String reason = failure.toString();
        while (innermost != null) {
            if (innermost.getMessage() != null && !innermost.getMessage().isBlank()) {
                reason = text(innermost);
            }
            innermost = innermost.getCause();
        }
        return reason;
    }

    private static String text(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case NotDirectoryException file -> file.getFile() + ": Not a directory";
            case NoSuchFileException missing -> missing.getFile() + ": No such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": Permission denied";
            case FileSystemException other
            when other.getReason() == null -> other.getClass().getSimpleName() + " " + message;
            case RuntimeException unexpected -> unexpected.getClass().getSimpleName() + ": " + message;
            case Error unexpected -> unexpected.getClass().getSimpleName() + ": " + message;
            default -> message;
        };
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
