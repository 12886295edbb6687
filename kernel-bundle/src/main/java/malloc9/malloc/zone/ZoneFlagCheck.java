package malloc9.malloc.zone;

import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import malloc9.api.InvalidRequest;

/** The rules for the flags of zalloc: exactly one of the wait flags, and perhaps M_ZERO. */
final class ZoneFlagCheck {

    private ZoneFlagCheck() {}

    static void require(long flags) {
        long wait = flags & ~M_ZERO;
        if (wait != M_NOWAIT && wait != M_WAITOK) {
            throw new InvalidRequest(ZoneMessages.badRequest(flags));
        }
    }

    /** An int request promises an item: it must say that it waits. */
    static void requireWaitOk(int flags) {
        if ((flags & ~M_ZERO) != M_WAITOK) {
            throw new InvalidRequest(ZoneMessages.badRequest(flags));
        }
    }
}
