package dev.malloc9.launcher;

import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** The failure of a boot. The message is one line for the operator. */
final class BootFailed extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    BootFailed(String message) {
        super(oneLine(message));
    }

    /**
     * Creates the failure of a step.
     *
     * @param step the step, as in "cannot start malloc9-shell.jar"
     * @param failure the failure, of which the innermost cause with a message gives the reason
     */
    BootFailed(String step, Throwable failure) {
        super(oneLine(step + ": " + reason(failure)), failure);
    }

    /**
     * Returns the message of the innermost cause that has one, or the text of the failure itself if none has. The class name precedes the
     * message of an unchecked exception or an error, and that of a file error without a reason. A missing or forbidden file, and a file in
     * place of a folder, have the words of strerror(3).
     */
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
