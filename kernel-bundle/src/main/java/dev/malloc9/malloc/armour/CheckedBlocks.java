package dev.malloc9.malloc.armour;

import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.RedZone;
import dev.malloc9.debug.Site;
import dev.malloc9.debug.Sites;
import dev.malloc9.debug.Trash;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.block.Admission;
import dev.malloc9.malloc.block.BlockParts;
import dev.malloc9.malloc.block.FreeDiagnosis;
import dev.malloc9.malloc.block.PlainBlocks;
import dev.malloc9.malloc.block.Quarantine;
import dev.malloc9.malloc.type.KernelPolicy;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.PageSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of armoured blocks: blocks of level I, and blocks of level G that MemGuard cannot guard. An armoured block lies between red
 * zones and has a record. Its free fills it with trash and puts it into a quarantine.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as in {@link RedZone}. The record is the slab's note for the item, and the tag has the bit {@link Tags#NOTED}.
 *   <li>Concurrency: the red zones are written in the critical section that takes the item. A free is one critical section, too: it
 *       compares the red zones, claims the block by a compare-and-set of its tag, counts, and fills. If two threads free a block at the
 *       same time, exactly one claims it. The kernel map ends only after all sections have ended and the quarantine is closed, so that no
 *       access to memory follows.
 *   <li>Invariants: the tag of a live block carries the type's number and NOTED. The tag in quarantine is {@link #KEPT}. After the
 *       quarantine, the tag of a free item is {@link Tags#TRASHED} until the item is reused or its OS pages are returned. A page run and a
 *       damaged item then have the tag 0. An item of the reserve skips the quarantine.
 *   <li>Cost: red zones, the record and its call stack at malloc; a compare and a fill at free. The trash is compared when the item leaves
 *       the quarantine, and when an armoured block reuses it. A type at level R pays nothing.
 *   <li>Differs from BSD: damage that a free finds is reported, and thrown only if {@code vm.redzone.panic} is set; the block is freed in
 *       either case. A write after free is reported, too. The request that finds it is served, because its thread did not cause the damage.
 *       BSD finds such a write at reuse only.
 * </ul>
 */
public final class CheckedBlocks {

    /** The owner bits in the tag of a freed block that is in quarantine. */
    static final int KEPT = Tags.QUARANTINED | Tags.NOTED;

    private final Uma uma;
    private final SizeClasses classes;
    private final TypeSections sections;
    private final Admission admission;
    private final FreeDiagnosis blocks;
    private final KernelPolicy watches;
    private final Sites sites;
    private final DamageReports reports;
    private final MemorySegment range;
    private final RedZoneSetup.Place place;
    private final RedZoneScan sweep;
    private final Quarantine quarantine;

    /** The damage that was found when blocks left the quarantine, and that is not reported yet. */
    private final Queue<Damage> found = new ConcurrentLinkedQueue<>();

    public CheckedBlocks(
            BlockParts parts, MallocTypes types, KernelPolicy watches, Sites sites, DamageReports reports) {
        this.uma = parts.uma();
        this.classes = parts.classes();
        this.sections = parts.sections();
        this.admission = parts.admission();
        this.blocks = parts.blocks();
        this.watches = watches;
        this.sites = sites;
        this.reports = reports;
        this.range =
                MemorySegment.ofAddress(uma.map().base()).reinterpret(uma.map().size());
        this.place = new RedZoneSetup.Place(range, uma.map().failPoints());
        this.sweep = new RedZoneScan(uma, types, range);
        this.quarantine = new Quarantine(uma, ArmourTunables.STANDARD.quarantine(), new Quarantine.Leaving() {
            @Override
            public int leave(Slab slab, int item) {
                return leaveQuarantine(slab, item);
            }

            @Override
            public void left() {
                reportFound();
            }
        });
    }

    /** Returns the quarantine of freed armoured blocks. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /**
     * Returns the set-up of the red zones for a request, or null if its block is a plain one. The block is plain at level R, if it does not
     * fit into the kernel map together with its red zones, or if the fail point RECORD fires.
     */
    @Nullable
    public RedZoneSetup coat(long bytes, MallocTypeInternal type, long flags) {
        if (watches.level(type) == Level.R || uma.map().failPoints().fails(FailPoints.Step.RECORD)) {
            return null;
        }
        long alignment = Math.min(Long.lowestOneBit(classes.accounted(bytes)), PageSource.PAGE);
        long rawBytes = classes.aligned(RedZone.rawBytes(bytes), alignment);
        if (rawBytes > uma.map().size()) {
            // The block with red zones is larger than the map: the request is served, or refused, as at level R.
            return null;
        }
        return new RedZoneSetup(bytes, rawBytes, type, (flags & M_ZERO) != 0, sites.capture(), place);
    }

    /** Reports the damage, if any, that a request found in its item: a write after the free of the item's former block. */
    public void report(RedZoneSetup coat) {
        Damage damage = coat.found();
        if (damage != null) {
            reports.report(damage);
        }
    }

    /**
     * Frees a block if it is armoured. If the block or the type's policy changes meanwhile, starts again.
     *
     * @param function the function that is named in errors
     * @return false if the address lies in no armoured block, live or in quarantine; nothing has changed then
     * @throws dev.malloc9.api.InvalidFree if the address is not the start of a live block of the type, or the view is longer than the block
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     * @throws dev.malloc9.api.BlockDamaged if damage was found and vm.redzone.panic is set; the block is free
     */
    public boolean free(long address, MallocTypeInternal type, long viewBytes, String function) {
        while (true) {
            BlockRecord record = blocks.noted(address);
            if (record == null) {
                return false;
            }
            Slab slab = blocks.locate(address, type, viewBytes, function);
            int item = slab.firstGranule(Slab.granuleOf(address - range.address()));
            Taking taking = new Taking(slab, item, record, freeing(record));
            try {
                free(taking, type, function);
            } finally {
                if (taking.claimed) {
                    keep(slab, item);
                }
            }
            if (taking.claimed) {
                reports.reportAtFree(type, taking.damages);
                return true;
            }
        }
    }

    /**
     * Frees an armoured block, if it is still the block that was looked up and the type's policy has not changed; then marks it claimed.
     */
    private void free(Taking taking, MallocTypeInternal type, String function) {
        SlowPathPolicy watch = type.watch();
        Pcpu cpu = sections.enterUnder(type, watch, function);
        if (cpu == null) {
            return;
        }
        Slab slab = taking.slab;
        try {
            if (taking.look()
                    && PlainBlocks.unclaim(slab, taking.item, TypeSections.counters(cpu, type, watch), type, KEPT)) {
                taking.claim();
                if (type.record != null) {
                    type.record.freed(cpu.number, slab.itemBytes);
                }
                taking.fill();
            }
        } finally {
            uma.leave(cpu);
        }
        if (taking.claimed && slab.zone == Slab.PAGE_RUN) {
            type.highWater.runFreed(slab.itemBytes);
        }
        if (taking.claimed) {
            admission.freed(type, watch, taking.record.bytes, slab, taking.record.address);
        }
    }

    /**
     * Puts a freed item into the quarantine. An item of the reserve is released at once: otherwise the reserve could be exhausted while
     * none of its items is in use.
     */
    private void keep(Slab slab, int item) {
        if (slab.zone == Slab.RESERVED) {
            slab.tagAs(item, 0);
            uma.release(slab, new int[] {item}, 1);
        } else {
            quarantine.add(slab, item);
        }
    }

    /** Returns the call site of the free, or null if no call site was captured for the allocation. */
    private @Nullable Site freeing(BlockRecord record) {
        return record.allocated == null ? null : sites.take();
    }

    /** The steps of one free of an armoured block inside its critical section, and their results. */
    final class Taking {
        final Slab slab;
        final int item;
        final BlockRecord record;
        private final @Nullable Site site;
        private List<Damage> damages = List.of();
        private boolean claimed;

        Taking(Slab slab, int item, BlockRecord record, @Nullable Site site) {
            this.slab = slab;
            this.item = item;
            this.record = record;
            this.site = site;
        }

        /** Compares the red zones. Returns false, without a comparison, if the record is no longer that of a noted block at this item. */
        @SuppressWarnings("ReferenceEquality") // identity comparison is intended: each allocation has its own record
        boolean look() {
            if (slab.note(item) != record || !Tags.isNoted(slab.tagOf(item))) {
                return false;
            }
            damages = RedZone.damage(range, offset(item), slab.itemBytes, record, site);
            return true;
        }

        /** Records that this free has claimed the block, and enters the site and time of the free into the record. */
        void claim() {
            claimed = true;
            record.free(site);
        }

        /** Fills the item with trash. A page run that is larger than the quarantine is not filled: its memory returns to the OS at once. */
        void fill() {
            if (slab.zone != Slab.PAGE_RUN || slab.itemBytes <= quarantine.maxBytes()) {
                Trash.fill(range, offset(item), slab.itemBytes);
                record.trashed();
            }
        }
    }

    /**
     * Returns the number of bytes that the live armoured blocks have requested for red zones (vm.redzone.extra_mem). The rest of a size
     * class is not counted. The number is exact while no block is allocated or freed.
     */
    long extraBytes() {
        long extra = 0;
        for (Slab slab : uma.liveSlabs()) {
            for (int index = 0; slab.hasNotes() && index < slab.items(); index++) {
                int item = slab.granule(index);
                int tag = slab.tagOf(item);
                if (Tags.isNoted(tag)
                        && Tags.number(tag) != Tags.QUARANTINED
                        && slab.note(item) instanceof BlockRecord record) {
                    extra += RedZone.rawBytes(record.bytes) - record.bytes;
                }
            }
        }
        return extra;
    }

    /**
     * Scans all armoured blocks, live and freed. Reports the damage to each block whose number of damaged bytes has changed since the last
     * scan that found damage there. Returns all damage. The caller is outside all critical sections.
     */
    public List<Damage> verify() {
        List<Damage> news = new ArrayList<>();
        List<Damage> damages = sweep.damages(news);
        news.forEach(reports::report);
        return damages;
    }

    /**
     * Reports the damage to the red zones of a block that its module left behind; no effect if the item has no record. The item's tag has
     * the bit NOTED: any other item may have the record of a former block.
     */
    public void tellLeft(Slab slab, int item) {
        if (slab.note(item) instanceof BlockRecord record) {
            RedZone.damage(range, offset(item), slab.itemBytes, record, null).forEach(reports::report);
        }
    }

    /**
     * Zeroes an item that a module left behind, so that no later owner can read its content. A page run is not zeroed: its memory returns
     * to the OS.
     *
     * @return the owner bits of the item's tag from now on: always 0, the tag of a free item
     */
    public int wipe(Slab slab, int item) {
        if (slab.zone != Slab.PAGE_RUN) {
            range.asSlice(offset(item), slab.itemBytes).fill((byte) 0);
        }
        return 0;
    }

    /** Returns the damage to the trash of a freed item, or null if there is none, or the item was not filled with trash. */
    static @Nullable Damage trashDamage(MemorySegment range, Slab slab, int item) {
        return slab.note(item) instanceof BlockRecord record && record.isTrashed()
                ? Trash.damage(range, offset(item), slab.itemBytes, record)
                : null;
    }

    /**
     * Compares the trash of an item that leaves the quarantine, and returns its owner bits: TRASHED, or 0 for a page run or a damaged item.
     */
    private int leaveQuarantine(Slab slab, int item) {
        Damage damage = trashDamage(range, slab, item);
        if (damage != null) {
            found.add(damage);
        }
        return slab.zone == Slab.PAGE_RUN || damage != null ? 0 : Tags.TRASHED;
    }

    private void reportFound() {
        for (Damage damage = found.poll(); damage != null; damage = found.poll()) {
            reports.report(damage);
        }
    }

    private static long offset(int item) {
        return Slab.offsetOf(item);
    }
}
