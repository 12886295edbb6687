package dev.malloc9.malloc.refusal;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypeInternal;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The factory of the errors of refused frees, for all services. Each method reports its error to {@link Events#panicked} and returns it;
 * the caller throws it. Thread-safe.
 */
public final class Refusals {

    /** The length of the caller's view if the caller passed a bare address: smaller than every size, so that no view is too long. */
    public static final long NO_VIEW = Long.MIN_VALUE;

    private final Whatis whatis;
    private final Events events;

    public Refusals(Whatis whatis, Events events) {
        this.whatis = whatis;
        this.events = events;
    }

    /**
     * Creates and reports the error for an address that was passed as a block of a type.
     *
     * @param function the function that refuses the address
     * @param claimed the size in bytes that the caller claimed: the length of its view, or an argument; {@link #NO_VIEW} if it claimed none
     */
    public InvalidFree block(String function, Verdict verdict, MallocTypeInternal type, long address, long claimed) {
        return refuse(function, verdict, address, claimed, type, null, 0);
    }

    /**
     * Creates and reports the error for an address that was passed as an item of a zone.
     *
     * @param type a type of the zone's owner
     * @param claimed the size in bytes that the caller claimed
     * @param slab the first byte of the slab, if the address lies in a slab of the zone; else 0
     */
    public InvalidFree item(
            String function,
            Verdict verdict,
            MallocTypeInternal type,
            GivenZone zone,
            long address,
            long claimed,
            long slab) {
        return refuse(function, verdict, address, claimed, type, zone, slab);
    }

    /**
     * Creates and reports the error for a segment that is refused regardless of the block at its address: it lies on the Java heap, its
     * scope has ended, or it is read-only. The first of these that applies is reported.
     *
     * @param zone the zone that was given, or null
     */
    public InvalidFree segment(
            String function, MemorySegment segment, MallocTypeInternal type, @Nullable GivenZone zone) {
        if (!segment.isNative()) {
            return refuse(function, Verdict.ON_HEAP, 0, segment.byteSize(), type, zone, 0);
        }
        Verdict verdict = segment.scope().isAlive() ? Verdict.READ_ONLY : Verdict.REVOKED;
        return refuse(function, verdict, segment.address(), segment.byteSize(), type, zone, 0);
    }

    /** Creates and reports an error. If the address lies behind the last item of a slab, the text describes that item. */
    private InvalidFree refuse(
            String function,
            Verdict verdict,
            long address,
            long claimed,
            MallocTypeInternal type,
            @Nullable GivenZone zone,
            long slab) {
        AddressInfo found = whatis.at(address);
        boolean behind = found.place() == Place.TAIL;
        if (behind) {
            found = whatis.at(found.start() - 1);
        }
        String text = new RefusedFree(function, verdict, address, claimed, type, zone, slab, found, behind).text();
        InvalidFree error = new InvalidFree(verdict.reason, address, text);
        events.panicked(type.owner.module(), error);
        return error;
    }
}
