package malloc9.api.runtime;

import java.time.Instant;

/**
 * A contained panic.
 *
 * @param when when
 * @param who the bundle that earned it
 * @param message its text
 * @param thread the thread's name
 */
public record PanicRecord(Instant when, ModuleId who, String message, String thread) {}
