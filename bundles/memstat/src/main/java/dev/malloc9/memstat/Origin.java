package dev.malloc9.memstat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The process whose statistics file was read into a list.
 *
 * @param pid the process id
 * @param booted the time at which its kernel booted
 * @param ended the time at which its kernel ended in order; null if it did not
 * @param running whether the process seems to be running: the file is locked, or a process with this id lives and started before
 *     the kernel booted or at most 2 s later; false if the kernel ended in order
 * @param missed the number of types for which the file had no place
 */
public record Origin(long pid, Instant booted, @Nullable Instant ended, boolean running, long missed) {

    /** {@return a sentence for people about the process and its end} */
    public String text() {
        String fate = ended != null ? "ended cleanly at " + ended : running ? "is running" : "was killed";
        return "process " + pid + ", booted at " + booted + ", " + fate
                + (missed == 0 ? "" : "; " + missed + " of its types are missing");
    }

    Origin locked(boolean locked) {
        return new Origin(pid, booted, ended, ended == null && (running || locked), missed);
    }
}
