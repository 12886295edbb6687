package dev.malloc9.malloc.zone;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.RawZone;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.uma.SecondaryZone;
import dev.malloc9.uma.ZoneDesign;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A zone that has neither a constructor nor a destructor. Frees, and requests without M_ZERO, try the fast path first. A request for a
 * segment with M_WAITOK as a {@code long} does not.
 */
final class PlainZone extends DriverZone {

    private final ZoneAllocator items;
    private final RawZone raw;

    PlainZone(ZoneAllocator items, ZoneDesign design, @Nullable SecondaryZone secondary, ZoneService service) {
        super(items, design, secondary, service);
        this.items = items;
        this.raw = new Raw(items);
    }

    @Override
    public MemorySegment zalloc(int flags) {
        StackRoom.forSection();
        long address = flags == M_WAITOK ? items.take(false) : 0;
        return address != 0 ? items.view(address) : zallocWaiting(flags);
    }

    @Override
    public @Nullable MemorySegment zalloc(long flags) {
        StackRoom.forSection();
        long address = flags == M_NOWAIT ? items.take(false) : 0;
        return address != 0 ? items.view(address) : zallocSlow(flags);
    }

    @Override
    public MemorySegment zalloc(@Nullable Object arg, int flags) {
        return zalloc(flags);
    }

    @Override
    public @Nullable MemorySegment zalloc(@Nullable Object arg, long flags) {
        return zalloc(flags);
    }

    @Override
    public void zfree(@Nullable MemorySegment item) {
        if (item != null) {
            items.check(item, "uma_zfree");
            long address = item.address();
            long bytes = item.byteSize();
            if (!items.give(address, bytes)) {
                items.free(address, bytes);
            }
        }
    }

    @Override
    public void zfree(@Nullable MemorySegment item, @Nullable Object arg) {
        zfree(item);
    }

    @Override
    public RawZone raw() {
        return raw;
    }

    private MemorySegment zallocWaiting(int flags) {
        ZoneFlagCheck.requireWaitOk(flags);
        return zeroed(items.alloc(flags, false), flags);
    }

    private @Nullable MemorySegment zallocSlow(long flags) {
        long address = orNone(items, flags, false);
        return address == 0 ? null : zeroed(address, flags);
    }

    private MemorySegment zeroed(long address, long flags) {
        MemorySegment item = items.view(address);
        return (flags & M_ZERO) == 0 ? item : item.fill((byte) 0);
    }

    /**
     * Allocates an item on the slow path.
     *
     * @return the item's address; 0 if M_NOWAIT is set and the request fails, also if an init callback refuses the item
     * @throws dev.malloc9.api.InvalidRequest if the flags are not exactly one wait flag and optionally M_ZERO
     */
    private static long orNone(ZoneAllocator items, long flags, boolean raw) {
        ZoneFlagCheck.require(flags);
        try {
            return items.alloc(flags, raw);
        } catch (ItemFailed refused) {
            if ((flags & M_NOWAIT) != 0) {
                return 0;
            }
            throw refused;
        }
    }

    private record Raw(ZoneAllocator items) implements RawZone {

        @Override
        public long zalloc(long flags) {
            long address = flags == M_NOWAIT || flags == M_WAITOK ? items.take(true) : 0;
            return address != 0 ? address : zallocSlow(flags);
        }

        @Override
        public long zalloc(@Nullable Object arg, long flags) {
            return zalloc(flags);
        }

        @Override
        public void zfree(long address) {
            if (address != 0 && !items.give(address, Refusals.NO_VIEW)) {
                items.free(address, Refusals.NO_VIEW);
            }
        }

        @Override
        public void zfree(long address, @Nullable Object arg) {
            zfree(address);
        }

        private long zallocSlow(long flags) {
            long address = orNone(items, flags, true);
            if (address != 0 && (flags & M_ZERO) != 0) {
                items.view(address).fill((byte) 0);
            }
            return address;
        }
    }
}
