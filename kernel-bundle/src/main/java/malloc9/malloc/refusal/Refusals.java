package malloc9.malloc.refusal;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree;
import malloc9.api.runtime.AddressInfo;
import malloc9.api.runtime.AddressInfo.Place;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypeInternal;
import org.jspecify.annotations.Nullable;

/** Makes and reports the error of each free that is refused, whatever service it was made through. */
public final class Refusals {

    private final Whatis whatis;
    private final Events events;

    public Refusals(Whatis whatis, Events events) {
        this.whatis = whatis;
        this.events = events;
    }

    /** Refuses a pointer that was given as a block of a type. */
    public InvalidFree block(String function, Verdict verdict, MallocTypeInternal type, long address, long claimed) {
        return refuse(function, verdict, address, claimed, type, null, 0);
    }

    /**
     * Refuses a pointer that was given to a zone.
     *
     * @param type a type of the zone's owner
     * @param slab the first byte of the slab of the zone that the address lies in, or 0
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

    /** Refuses a segment, whatever lies at its address. */
    public InvalidFree segment(
            String function, MemorySegment segment, MallocTypeInternal type, @Nullable GivenZone zone) {
        if (!segment.isNative()) {
            return refuse(function, Verdict.ON_HEAP, 0, segment.byteSize(), type, zone, 0);
        }
        Verdict verdict = segment.scope().isAlive() ? Verdict.READ_ONLY : Verdict.REVOKED;
        return refuse(function, verdict, segment.address(), segment.byteSize(), type, zone, 0);
    }

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
