package malloc9.memstat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The process whose statistics file a list was read from.
 *
 * @param pid its number
 * @param booted when its kernel did
 * @param ended when its kernel ended in order; null if it did not
 * @param running whether it seems to run still: the file is locked, or a process of that number is as old
 * @param missed types that its file had no place for
 */
public record Origin(long pid, Instant booted, @Nullable Instant ended, boolean running, long missed) {

    /** How the process fared, for people. */
    public String text() {
        String fate = ended != null ? "ended cleanly at " + ended : running ? "is running" : "was killed";
        return "process " + pid + ", booted at " + booted + ", " + fate
                + (missed == 0 ? "" : "; " + missed + " of its types are missing");
    }

    Origin locked(boolean locked) {
        return new Origin(pid, booted, ended, ended == null && (running || locked), missed);
    }
}
