package dev.malloc9.api.runtime;

import java.time.Instant;

/**
 * A record of a contained panic. A panic that equals one of the last 16 records in bundle and message is counted in that record.
 *
 * @param when the time of the first panic
 * @param who the bundle that caused the panic
 * @param message the text
 * @param thread the name of the thread of the first panic
 * @param count the number of equal panics; at least 1
 */
public record PanicRecord(Instant when, ModuleId who, String message, String thread, long count) {

    /**
     * Creates a record of one panic.
     *
     * @param when the time of the panic
     * @param who the bundle that caused the panic
     * @param message the text
     * @param thread the name of the thread that caused the panic; empty for an unnamed thread
     */
    public PanicRecord(Instant when, ModuleId who, String message, String thread) {
        this(when, who, message, thread, 1);
    }
}
