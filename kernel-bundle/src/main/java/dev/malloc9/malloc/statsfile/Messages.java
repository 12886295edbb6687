package dev.malloc9.malloc.statsfile;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The texts of the messages about a statistics file, in one place. */
final class Messages {

    private static final String NONE = "malloc9: no statistics file: ";

    private Messages() {}

    static String opened(Path file, int capacity) {
        return "malloc9: statistics of up to " + capacity + " types in " + file;
    }

    static String keptAside(Path old, long pid, boolean clean) {
        return "malloc9: statistics of process " + pid + (clean ? ", which ended cleanly," : ", which was killed,")
                + " are kept in " + old;
    }

    static String notOurs(Path file) {
        return NONE + file + " is not one, and stays as it is";
    }

    static String notRegular(Path file) {
        return NONE + file + " is no regular file";
    }

    static String inUse(Path file) {
        return NONE + file + " is in use by another kernel";
    }

    static String badPath(String path) {
        return NONE + "'" + path.replace("\0", "\\u0000") + "' is no path";
    }

    static String refused(Path file, Exception reason) {
        String why = switch (reason) {
            case NoSuchFileException missing -> "no such directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(reason.getMessage());
        };
        return NONE + file + ": " + why;
    }

    static String full(Path file, int capacity, String type) {
        return "malloc9: " + file + " has places for " + capacity + " types, and none for " + type;
    }
}
