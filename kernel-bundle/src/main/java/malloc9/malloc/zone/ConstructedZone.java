package malloc9.malloc.zone;

import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import malloc9.api.zone.ItemFailed;
import malloc9.api.zone.RawZone;
import malloc9.api.zone.ZoneCtor;
import malloc9.api.zone.ZoneDestroyed;
import malloc9.api.zone.ZoneDtor;
import malloc9.uma.SecondaryZone;
import malloc9.uma.ZoneDesign;
import malloc9.vm.FailPoints;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A zone with constructor or destructor, which run outside all critical sections and locks.
 *
 * <p>A constructor that refuses or throws leaves the item where it came from, without a destructor, and counts as a
 * failure and a free. A destructor that throws leaves the item with the caller.
 */
final class ConstructedZone extends DriverZone {

    private final ZoneAllocator items;
    private final @Nullable ZoneCtor ctor;
    private final @Nullable ZoneDtor dtor;
    private final RawZone raw = new Raw();

    ConstructedZone(
            ZoneAllocator items,
            ZoneDesign design,
            @Nullable SecondaryZone secondary,
            ZoneService service,
            @Nullable ZoneCtor ctor,
            @Nullable ZoneDtor dtor) {
        super(items, design, secondary, service);
        this.items = items;
        this.ctor = ctor;
        this.dtor = dtor;
    }

    @Override
    public MemorySegment zalloc(@Nullable Object arg, int flags) {
        ZoneFlagCheck.requireWaitOk(flags);
        return constructed(address(flags, false), arg, flags);
    }

    @Override
    public @Nullable MemorySegment zalloc(@Nullable Object arg, long flags) {
        ZoneFlagCheck.require(flags);
        try {
            long address = address(flags, false);
            return address == 0 ? null : constructed(address, arg, flags);
        } catch (ItemFailed refused) {
            if ((flags & M_NOWAIT) != 0) {
                return null;
            }
            throw refused;
        }
    }

    @Override
    public void zfree(@Nullable MemorySegment item, @Nullable Object arg) {
        if (item != null) {
            items.check(item, "uma_zfree");
            destroyed(item.address(), item.byteSize(), arg);
        }
    }

    @Override
    public RawZone raw() {
        return raw;
    }

    private long address(long flags, boolean asRaw) {
        StackRoom.forRequests();
        long wait = flags & ~M_ZERO;
        long address = wait == M_WAITOK || wait == M_NOWAIT ? items.take(asRaw) : 0;
        return address != 0 ? address : items.alloc(flags, asRaw);
    }

    /** Zeroes after the constructor, as FreeBSD does. */
    private MemorySegment constructed(long address, @Nullable Object arg, long flags) {
        MemorySegment item = items.view(address);
        int errno = 0;
        boolean done = false;
        try {
            errno = construct(item, arg, flags);
            done = errno == 0;
        } finally {
            if (!done) {
                takeBack(address);
            }
        }
        if (errno != 0) {
            throw new ItemFailed(ZoneMessages.refused("ctor", name(), errno), errno);
        }
        return (flags & M_ZERO) == 0 ? item : item.fill((byte) 0);
    }

    private int construct(MemorySegment item, @Nullable Object arg, long flags) {
        if (ctor == null) {
            return 0;
        }
        return service().failPoints().fails(FailPoints.Step.CTOR)
                ? ItemCallbacks.ENOMEM
                : ctor.construct(item, arg, flags);
    }

    private void takeBack(long address) {
        items.countFailure();
        try {
            giveBack(address, ZoneAllocator.NO_VIEW);
        } catch (ZoneDestroyed gone) {
            // Then the item went with the zone, and the caller hears of the constructor.
        }
    }

    private void destroyed(long address, long viewBytes, @Nullable Object arg) {
        StackRoom.forRequests();
        items.locate(address, viewBytes, "uma_zfree");
        if (dtor != null) {
            dtor.destroy(items.view(address), arg);
        }
        giveBack(address, viewBytes);
    }

    private void giveBack(long address, long viewBytes) {
        if (!items.give(address, viewBytes)) {
            items.free(address, viewBytes);
        }
    }

    private final class Raw implements RawZone {

        @Override
        public long zalloc(@Nullable Object arg, long flags) {
            ZoneFlagCheck.require(flags);
            try {
                long address = address(flags, true);
                return address == 0 ? 0 : constructed(address, arg, flags).address();
            } catch (ItemFailed refused) {
                if ((flags & M_NOWAIT) != 0) {
                    return 0;
                }
                throw refused;
            }
        }

        @Override
        public void zfree(long address, @Nullable Object arg) {
            if (address != 0) {
                destroyed(address, ZoneAllocator.NO_VIEW, arg);
            }
        }
    }
}
