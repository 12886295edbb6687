package dev.malloc9.malloc.zone;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocFlags;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.RefCount;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneFini;
import dev.malloc9.api.zone.ZoneInit;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.uma.SecondaryZone;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.ZoneDesign;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The part of a driver's zone that does not hand out items: its limit, callbacks, reference counts and end. The two subclasses allocate and
 * free.
 */
public abstract sealed class DriverZone implements Zone permits PlainZone, ConstructedZone {

    private final ZoneAllocator items;
    private final ZoneDesign design;
    private final @Nullable SecondaryZone secondary;
    private final ZoneService service;

    /** The callback that prepares the items of a new slab, or null. Guarded by {@code this}, as are the following three fields. */
    private @Nullable ZoneInit init;

    /** The callback for the items of a slab that is released, or null; not called once the owner has stopped. */
    private @Nullable ZoneFini fini;

    /** The callback that prepares an item when it comes from the slabs into this zone, or null. */
    private @Nullable ZoneInit zinit;

    /** The callback for an item that goes from this zone to the slabs, or null. */
    private @Nullable ZoneFini zfini;

    DriverZone(ZoneAllocator items, ZoneDesign design, @Nullable SecondaryZone secondary, ZoneService service) {
        this.items = items;
        this.design = design;
        this.secondary = secondary;
        this.service = service;
    }

    /**
     * Records the callbacks that the zone was created with. The caller installs them. Called before the zone is published.
     *
     * @param kegs the init of the keg, or null
     * @param kegsEnd the fini of the keg, or null
     * @param own the init of the zone itself (zinit), or null
     * @param ownEnd the fini of the zone itself (zfini), or null
     */
    void adopt(@Nullable ZoneInit kegs, @Nullable ZoneFini kegsEnd, @Nullable ZoneInit own, @Nullable ZoneFini ownEnd) {
        init = kegs;
        fini = kegsEnd;
        zinit = own;
        zfini = ownEnd;
    }

    public final ZoneAllocator items() {
        return items;
    }

    final ZoneDesign design() {
        return design;
    }

    final @Nullable SecondaryZone secondary() {
        return secondary;
    }

    final ZoneService service() {
        return service;
    }

    @Override
    public final String name() {
        return design.name();
    }

    @Override
    public final long size() {
        return design.size();
    }

    @Override
    public final ZoneStats stats() {
        items.requireOpen("uma_zone_stats");
        return ZoneRegistry.stats(this);
    }

    @Override
    public final long setMax(long max) {
        requireCount("uma_zone_set_max", max);
        StackRoom.forRequest();
        long effective = design.limit(max);
        items.setMax(effective);
        return effective;
    }

    @Override
    public final long getMax() {
        items.requireOpen("uma_zone_get_max");
        return items.max();
    }

    @Override
    public final long getCur() {
        items.requireOpen("uma_zone_get_cur");
        return items.usage().used();
    }

    @Override
    public final boolean exhausted() {
        items.requireOpen("uma_zone_exhausted");
        return items.exhausted();
    }

    @Override
    public final void prealloc(long count) {
        requireCount("uma_prealloc", count);
        StackRoom.forRequests();
        items.requireOpen("uma_prealloc");
        if (!items.zone.prealloc(count, MallocFlags.M_WAITOK)) {
            throw new KernelMapExhausted(service.exhausted(items.zone.itemBytes()));
        }
    }

    @Override
    public final synchronized void setInit(@Nullable ZoneInit other) {
        requireEmptyKeg("uma_zone_set_init");
        requirePrimary("uma_zone_set_init");
        init = other;
        items.zone.kegLife(service.life(items.type, design, init, fini, "init", "fini"));
    }

    @Override
    public final synchronized void setFini(@Nullable ZoneFini other) {
        requireEmptyKeg("uma_zone_set_fini");
        requirePrimary("uma_zone_set_fini");
        fini = other;
        items.zone.kegLife(service.life(items.type, design, init, fini, "init", "fini"));
    }

    @Override
    public final synchronized void setZinit(@Nullable ZoneInit other) {
        requireEmptyKeg("uma_zone_set_zinit");
        zinit = other;
        items.zone.life(service.life(items.type, design, zinit, zfini, "zinit", "zfini"));
    }

    @Override
    public final synchronized void setZfini(@Nullable ZoneFini other) {
        requireEmptyKeg("uma_zone_set_zfini");
        zfini = other;
        items.zone.life(service.life(items.type, design, zinit, zfini, "zinit", "zfini"));
    }

    @Override
    public final RefCount findRefcnt(MemorySegment item) {
        items.check(item, "uma_find_refcnt");
        Slab slab = items.locate(item.address(), item.byteSize(), "uma_find_refcnt");
        int[] counts = slab.counts;
        if (counts == null) {
            throw new InvalidRequest(ZoneMessages.noRefcnt(name()));
        }
        return new ItemCount(counts, slab.indexOf(service.granule(item.address())));
    }

    @Override
    public final void drain() {
        items.requireOpen("zone_drain");
        service.drain(items.zone);
    }

    @Override
    public final void zdestroy() {
        service.destroy(this);
    }

    @Override
    public final String toString() {
        return "Zone[" + TypeMessages.printable(name()) + " of " + items.type.owner.module() + "]";
    }

    private void requireCount(String function, long count) {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new InvalidRequest(ZoneMessages.badItems(function, name(), count));
        }
    }

    private void requirePrimary(String function) {
        if (secondary != null) {
            throw new InvalidRequest(ZoneMessages.ofSecondary(function, name()));
        }
    }

    /**
     * Checks that the zone is open and has no slabs. If it has slabs, reports and throws a {@link KernelPanic}, where FreeBSD panics. If it
     * is closed, throws a {@code ZoneDestroyed}. The slabs of a secondary zone are the slabs of its first master.
     */
    private void requireEmptyKeg(String function) {
        items.requireOpen(function);
        long bytes = items.zone.slabBytes();
        if (bytes != 0) {
            KernelPanic panic =
                    new KernelPanic(ZoneMessages.nonEmptyKeg(function, name(), items.type.owner.module(), bytes));
            service.panicked(items.type, panic);
            throw panic;
        }
    }
}
