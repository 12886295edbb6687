package malloc9.api.runtime;

import java.time.Instant;

/**
 * A contained panic. Equal panics of a bundle that follow each other closely are one record with a count.
 *
 * @param when the time of the first
 * @param who the bundle that earned it
 * @param message its text
 * @param thread the name of the first one's thread
 * @param count the number of equal panics; at least 1
 */
public record PanicRecord(Instant when, ModuleId who, String message, String thread, long count) {

    /** A record of one panic. */
    public PanicRecord(Instant when, ModuleId who, String message, String thread) {
        this(when, who, message, thread, 1);
    }
}
