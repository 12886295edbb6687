package dev.malloc9.malloc.zone;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.RawZone;
import dev.malloc9.api.zone.ZoneCtor;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneDtor;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.uma.SecondaryZone;
import dev.malloc9.uma.ZoneDesign;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A zone that has a constructor, a destructor or both. They run outside all critical sections and kernel locks.
 *
 * <p>If a constructor returns an error or throws, the item is freed without a call of the destructor. The statistics then count an
 * allocation, a failure and a free. In a zone that was closed meanwhile, the item stays in use, and no free is counted. With M_NOWAIT, a
 * zalloc with long flags returns null, or 0 for a raw zone, in place of ItemFailed. If a destructor throws, the caller keeps the item. If
 * the zone is closed while a destructor runs, ZoneDestroyed is thrown, and the item stays in use.
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

    /**
     * Allocates an item, on the fast path if possible. The flags are validated already.
     *
     * @return the item's address; 0 only with M_NOWAIT
     * @throws ItemFailed if an init callback refuses the item, with M_NOWAIT too
     */
    private long address(long flags, boolean asRaw) {
        StackRoom.forRequests();
        long wait = flags & ~M_ZERO;
        long address = wait == M_WAITOK || wait == M_NOWAIT ? items.take(asRaw) : 0;
        return address != 0 ? address : items.alloc(flags, asRaw);
    }

    /**
     * Runs the constructor on a new item. If M_ZERO is set, the item is zeroed after the constructor has run, as FreeBSD does.
     *
     * @throws ItemFailed if the constructor returns an error; the item is freed then, as it is if the constructor throws
     */
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

    /** Runs the constructor, if there is one. If a failure is injected, returns ENOMEM without running it. */
    private int construct(MemorySegment item, @Nullable Object arg, long flags) {
        if (ctor == null) {
            return 0;
        }
        return service().failPoints().fails(FailPoints.Step.CTOR)
                ? ItemCallbacks.ENOMEM
                : ctor.construct(item, arg, flags);
    }

    /** Frees an item whose constructor returned an error or threw, and counts the failure. */
    private void takeBack(long address) {
        items.countFailure();
        try {
            giveBack(address, Refusals.NO_VIEW);
        } catch (ZoneDestroyed gone) {
            // The zone was closed meanwhile, and the item stays in use in the closed zone. The caller gets the
            // constructor's error.
        }
    }

    /**
     * Runs the destructor, if there is one, on a live item and frees the item. If two threads free one item at once, both may run the
     * destructor. The later free is refused, unless both free at the same instant.
     *
     * @param viewBytes the length of the caller's segment in bytes, or {@link Refusals#NO_VIEW}
     */
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
                destroyed(address, Refusals.NO_VIEW, arg);
            }
        }
    }
}
