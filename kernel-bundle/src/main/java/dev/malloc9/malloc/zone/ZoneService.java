package dev.malloc9.malloc.zone;

import static dev.malloc9.api.zone.ZoneFlags.UMA_ALIGN_CACHE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_MAXBUCKET;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_NOFREE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_VTOSLAB;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_ZINIT;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.zone.SecondaryRequest;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneCtor;
import dev.malloc9.api.zone.ZoneDtor;
import dev.malloc9.api.zone.ZoneFini;
import dev.malloc9.api.zone.ZoneInit;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.malloc.alloc.Allocator;
import dev.malloc9.malloc.block.BlockMessages;
import dev.malloc9.malloc.block.Reclaimer;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.uma.ItemInit;
import dev.malloc9.uma.SecondaryZone;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.UmaZone;
import dev.malloc9.uma.ZoneDesign;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.StackRoom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The service that creates zones for drivers (uma(9)). A request is validated first; if it is refused, nothing has changed. */
public final class ZoneService implements Zones {

    /** The flags that a request may contain. */
    private static final int FLAGS = UMA_ZONE_ZINIT
            | UMA_ZONE_NOFREE
            | UMA_ZONE_REFCNT
            | UMA_ZONE_MAXBUCKET
            | UMA_ZONE_CACHESPREAD
            | UMA_ZONE_VTOSLAB;

    private final Uma uma;
    private final MallocTypes types;
    private final ZoneRegistry zones;
    private final Events events;
    private final ZoneAllocator.Kernel kernel;

    public ZoneService(
            Uma uma, Allocator allocator, MallocTypes types, ZoneRegistry zones, Events events, Reclaimer reclaimer) {
        this.uma = uma;
        this.types = types;
        this.zones = zones;
        this.events = events;
        this.kernel = new ZoneAllocator.Kernel(
                uma, allocator, new ZoneFreeDiagnosis(uma, types, types.guard, allocator.slow().refusals), reclaimer);
    }

    @Override
    public Zone zcreate(ZoneRequest request) {
        StackRoom.forRequests();
        if (request == null) {
            throw new InvalidRequest(ZoneMessages.noRequest("uma_zcreate"));
        }
        MallocTypeInternal type = types.bind(request.owner(), "uma_zcreate");
        requireName("uma_zcreate", request.name(), type);
        requirePossible(request);
        ZoneDesign design = new ZoneDesign(request.name(), request.size(), request.align(), request.flags());
        int number = number(request.name());
        UmaZone zone = uma.create(design, life(type, design, request.init(), request.fini(), "init", "fini"));
        DriverZone made = door(zone, design, type, number, null, request.ctor(), request.dtor());
        made.adopt(request.init(), request.fini(), null, null);
        zones.add(made);
        return made;
    }

    @Override
    public Zone zsecondCreate(SecondaryRequest request, Zone master) {
        StackRoom.forRequests();
        if (request == null) {
            throw new InvalidRequest(ZoneMessages.noRequest("uma_zsecond_create"));
        }
        DriverZone above = known(master, "uma_zsecond_create");
        MallocTypeInternal type = above.items().type;
        if (above.secondary() != null) {
            throw new InvalidRequest(ZoneMessages.masterIsSecondary("uma_zsecond_create", above.name()));
        }
        requireName("uma_zsecond_create", request.name(), type);
        return zones.whileOpen(above, "uma_zsecond_create", () -> addSecondary(request, above));
    }

    private DriverZone addSecondary(SecondaryRequest request, DriverZone above) {
        MallocTypeInternal type = above.items().type;
        ZoneDesign mastersDesign = above.design();
        ZoneDesign design =
                new ZoneDesign(request.name(), mastersDesign.size(), mastersDesign.alignMask(), mastersDesign.flags());
        int number = number(request.name());
        SecondaryZone secondary = uma.createSecondary(request.name(), above.items().zone);
        secondary.zone().life(life(type, design, request.zinit(), request.zfini(), "zinit", "zfini"));
        DriverZone made = door(secondary.zone(), design, type, number, secondary, request.ctor(), request.dtor());
        made.adopt(null, null, request.zinit(), request.zfini());
        zones.add(made);
        return made;
    }

    @Override
    public void zsecondAdd(Zone zone, Zone master) {
        DriverZone below = known(zone, "uma_zsecond_add");
        DriverZone above = known(master, "uma_zsecond_add");
        below.items().requireOpen("uma_zsecond_add");
        SecondaryZone secondary = below.secondary();
        if (secondary == null) {
            throw new InvalidRequest(ZoneMessages.notSecondary(below.name()));
        }
        if (above.secondary() != null) {
            throw new InvalidRequest(ZoneMessages.masterIsSecondary("uma_zsecond_add", above.name()));
        }
        if (below.items().type.owner != above.items().type.owner) {
            throw new InvalidRequest(ZoneMessages.otherModule(
                    below.name(),
                    below.items().type.owner.module(),
                    above.name(),
                    above.items().type.owner.module()));
        }
        if (below.items().zone.counted() != above.items().zone.counted()) {
            throw new InvalidRequest(ZoneMessages.refcntsDiffer(below.name(), above.name()));
        }
        if (below.size() != above.size()) {
            throw new InvalidRequest(ZoneMessages.sizesDiffer(below.name(), below.size(), above.name(), above.size()));
        }
        zones.whileOpen(above, "uma_zsecond_add", () -> {
            secondary.add(above.items().zone);
            return below;
        });
    }

    @Override
    public void reclaim() {
        StackRoom.forRequests();
        uma.reclaim();
    }

    void destroy(DriverZone zone) {
        StackRoom.forRequests();
        zones.destroy(zone);
    }

    void drain(UmaZone zone) {
        StackRoom.forRequests();
        uma.drain(zone);
    }

    void panicked(MallocTypeInternal type, KernelPanic panic) {
        events.panicked(type.owner.module(), panic);
    }

    /** Returns FreeBSD's error text for a kernel map that has no room for the given number of bytes. */
    String exhausted(long bytes) {
        return BlockMessages.exhausted(bytes, uma.map().used());
    }

    FailPoints failPoints() {
        return uma.map().failPoints();
    }

    /** Returns the granule at an address. The address lies in the kernel map. */
    int granule(long address) {
        return Slab.granuleOf(address - uma.map().base());
    }

    /**
     * Returns a pair of callbacks in the form that UMA calls, or null if both callbacks are null.
     *
     * @param type a type of the zone's owner
     * @param initName the name of the first callback in messages, "init" or "zinit"
     * @param finiName the name of the second callback in messages, "fini" or "zfini"
     */
    @Nullable
    ItemInit life(
            MallocTypeInternal type,
            ZoneDesign design,
            @Nullable ZoneInit init,
            @Nullable ZoneFini fini,
            String initName,
            String finiName) {
        return init == null && fini == null
                ? null
                : new ItemCallbacks(
                        type,
                        design.name(),
                        design.size(),
                        uma.map().base(),
                        events,
                        failPoints(),
                        init,
                        fini,
                        initName,
                        finiName,
                        new AtomicInteger());
    }

    private DriverZone door(
            UmaZone zone,
            ZoneDesign design,
            MallocTypeInternal type,
            int number,
            @Nullable SecondaryZone secondary,
            @Nullable ZoneCtor ctor,
            @Nullable ZoneDtor dtor) {
        ZoneAllocator items = new ZoneAllocator(kernel, zone, design.size(), type, number);
        types.numbers.put(number, items);
        return ctor == null && dtor == null
                ? new PlainZone(items, design, secondary, this)
                : new ConstructedZone(items, design, secondary, this, ctor, dtor);
    }

    /** Takes a tag number for a new zone, or throws {@link InvalidRequest} if no number is left. */
    private int number(String zone) {
        int number = types.numbers.take();
        if (number == 0) {
            throw new InvalidRequest(ZoneMessages.tooManyZones(zone));
        }
        return number;
    }

    /** Returns a zone of this kernel, or throws {@link InvalidRequest} if the zone is null or is a zone of another kernel. */
    private DriverZone known(@Nullable Zone zone, String function) {
        if (zone instanceof DriverZone known && known.service() == this) {
            return known;
        }
        throw new InvalidRequest(
                zone == null ? ZoneMessages.noZone(function) : ZoneMessages.otherKernel(function, zone.name()));
    }

    private static void requireName(String function, @Nullable String name, MallocTypeInternal type) {
        if (name == null || name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRequest(ZoneMessages.badName(function, String.valueOf(name), type.owner.module()));
        }
    }

    private void requirePossible(ZoneRequest request) {
        int flags = request.flags();
        int align = request.align();
        boolean spread = (flags & UMA_ZONE_CACHESPREAD) != 0;
        long largest = spread
                ? ZoneDesign.SPREAD_MAX
                : Math.min(ZoneDesign.SIZE_MAX, uma.map().size());
        int alignMax = spread ? ZoneDesign.SPREAD_ALIGN_MAX : ZoneDesign.ALIGN_MAX;
        if ((flags & ~FLAGS) != 0) {
            throw new InvalidRequest(ZoneMessages.badFlags(request.name(), flags & ~FLAGS));
        }
        if (request.size() < 1 || request.size() > largest) {
            throw new InvalidRequest(ZoneMessages.badSize(request.name(), request.size(), largest));
        }
        if (align != UMA_ALIGN_CACHE && (align < 0 || align > alignMax || (align & (align + 1)) != 0)) {
            throw new InvalidRequest(ZoneMessages.badAlign(request.name(), align, alignMax));
        }
        if ((flags & UMA_ZONE_ZINIT) != 0 && request.init() != null) {
            throw new InvalidRequest(ZoneMessages.zeroedTwice(request.name()));
        }
    }
}
