package dev.malloc9.samples.ramdisk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An exception for an operation that the ramdisk refused. The message names the object and the wrong value, and the disk has not
 * changed.
 */
public final class RamdiskFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private RamdiskFailed(String message) {
        super(message);
    }

    static RamdiskFailed badLimit(long bytes) {
        return new RamdiskFailed("max.bytes " + bytes + " is negative");
    }

    static RamdiskFailed full(long usedBytes, long limitBytes) {
        return new RamdiskFailed("no space left on ramdisk: a block of " + BlockDevice.BLOCK_BYTES
                + " bytes does not go beside the " + usedBytes + " in use, max.bytes is " + limitBytes);
    }

    static RamdiskFailed notStored(Path file, long bytes, RuntimeException cause) {
        RamdiskFailed failed = new RamdiskFailed(shown(file) + " (" + bytes + " bytes): " + cause.getMessage());
        failed.initCause(cause);
        return failed;
    }

    static RamdiskFailed detached() {
        return new RamdiskFailed("ramdisk was detached");
    }

    static RamdiskFailed noFile(String name) {
        return new RamdiskFailed("no file '" + shown(name) + "' on ramdisk");
    }

    static RamdiskFailed badName(String name) {
        return new RamdiskFailed("'" + shown(name) + "' is not a name for a file on ramdisk");
    }

    static RamdiskFailed badPath(String text, String reason) {
        return new RamdiskFailed("'" + shown(text) + "' is not the name of a file (" + shown(reason) + ")");
    }

    static RamdiskFailed corrupt(StoredFile file, String found) {
        return new RamdiskFailed(file + " went in, but the content read back has SHA-256 " + found);
    }

    static RamdiskFailed missing(Path file) {
        return new RamdiskFailed(shown(file) + ": no such file or directory");
    }

    static RamdiskFailed directory(Path file) {
        return new RamdiskFailed(shown(file) + ": is a directory");
    }

    static RamdiskFailed notAFile(Path file) {
        return new RamdiskFailed(shown(file) + ": is not a regular file");
    }

    static RamdiskFailed unreadable(Path file, IOException cause) {
        return outside(file, "cannot be read", cause);
    }

    static RamdiskFailed unwritable(Path file, IOException cause) {
        return outside(file, "cannot be written", cause);
    }

    static RamdiskFailed usage(String usage) {
        return new RamdiskFailed("usage: " + usage);
    }

    /** Returns the message alone, which the prompt prints. A class name would not help an operator. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return String.valueOf(getMessage());
    }

    private static RamdiskFailed outside(Path file, String what, IOException cause) {
        RamdiskFailed failed = new RamdiskFailed(shown(file) + ": " + what + ": " + shown(cause.toString()));
        failed.initCause(cause);
        return failed;
    }

    private static String shown(Path file) {
        return shown(file.toString());
    }

    /** Returns the text with each control or format character replaced by its number. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Ramdisk.isShown(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u{%x}", c));
            }
        });
        return shown.toString();
    }
}
