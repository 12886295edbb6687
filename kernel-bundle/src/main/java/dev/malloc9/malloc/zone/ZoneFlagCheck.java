package dev.malloc9.malloc.zone;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.InvalidRequest;

/**
 * Checks the flags of zalloc: exactly one of M_WAITOK and M_NOWAIT, and optionally M_ZERO. Other flags are refused with
 * {@link InvalidRequest}.
 */
final class ZoneFlagCheck {

    private ZoneFlagCheck() {}

    static void require(long flags) {
        long wait = flags & ~M_ZERO;
        if (wait != M_NOWAIT && wait != M_WAITOK) {
            throw new InvalidRequest(ZoneMessages.badRequest(flags));
        }
    }

    /** Checks the flags of an {@code int} request. Such a request never returns null, so it must contain M_WAITOK. */
    static void requireWaitOk(int flags) {
        if ((flags & ~M_ZERO) != M_WAITOK) {
            throw new InvalidRequest(ZoneMessages.badRequest(flags));
        }
    }
}
