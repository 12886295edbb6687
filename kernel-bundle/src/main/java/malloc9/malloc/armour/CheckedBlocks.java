package malloc9.malloc.armour;

import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.Level;
import malloc9.debug.BlockRecord;
import malloc9.debug.RedZone;
import malloc9.debug.Site;
import malloc9.debug.Sites;
import malloc9.debug.Trash;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.Tags;
import malloc9.malloc.block.Admission;
import malloc9.malloc.block.FreeDiagnosis;
import malloc9.malloc.block.BlockParts;
import malloc9.malloc.block.PlainBlocks;
import malloc9.malloc.block.Quarantine;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.MallocTypes;
import malloc9.malloc.type.TypeSections;
import malloc9.malloc.type.SlowPathPolicy;
import malloc9.malloc.type.KernelPolicy;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.FailPoints;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * Armoured blocks are those that were allocated at level I: between red zones, with a record, and kept in a quarantine full of trash
 * after their free.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link RedZone}'s; the record is the slab's note, and the tag says {@link Tags#NOTED}.
 *   <li>Concurrency: a block is given its coat in the section in which its item is taken, and taken back in one section, too: looked at,
 *       claimed by a compare-and-set of its tag, counted, filled. So two threads that free it in the same instant are told apart, and
 *       who ends the kernel map waits for who looks at memory.
 *   <li>Invariants: the tag says in turn: the type's and noted; nobody's and noted, in quarantine; {@link Tags#TRASHED}, as long as the
 *       item is free and nobody has had it since. What a page run has of trash goes with it.
 *   <li>Cost: red zones, the record and its stack at malloc; a compare and a fill at free; a compare as the item leaves the quarantine.
 *       The types that are not at level I pay nothing.
 *   <li>Differs from BSD: damage that a free finds is reported, and thrown only if {@code vm.redzone.panic} says so; the block is free
 *       in either case. Memory that was modified after a free is reported, and the request that finds it, which did not do it, is served.
 *       BSD sees it at reuse only.
 * </ul>
 */
public final class CheckedBlocks {

    /** What the tag of a block in quarantine says of its owner. */
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

    /** Damage that was found as blocks left the quarantine, and is not reported yet. */
    private final Queue<Damage> found = new ConcurrentLinkedQueue<>();

    public CheckedBlocks(BlockParts parts, MallocTypes types, KernelPolicy watches, Sites sites, DamageReports reports) {
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

    /** What keeps freed blocks. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /** What a request has to put around its block, or null if it asks for a plain one. */
    @Nullable
    public RedZoneSetup coat(long bytes, MallocTypeInternal type, long flags) {
        if (watches.level(type) == Level.R || uma.map().failPoints().fails(FailPoints.Step.RECORD)) {
            return null;
        }
        long alignment = Math.min(Long.lowestOneBit(classes.accounted(bytes)), PageSource.PAGE);
        long rawBytes = classes.aligned(RedZone.rawBytes(bytes), alignment);
        if (rawBytes > uma.map().size()) {
            // The map has room for the block at most: the request is served, or refused, as at level R.
            return null;
        }
        return new RedZoneSetup(bytes, rawBytes, type, (flags & M_ZERO) != 0, sites.capture(), place);
    }

    /** Reports the damage that a coat found, done to the item after its former owner's free. */
    public void report(RedZoneSetup coat) {
        Damage damage = coat.found();
        if (damage != null) {
            reports.report(damage);
        }
    }

    /**
     * Frees a block if it is armoured.
     *
     * @return false if nobody keeps a record of it; all else that is wrong with it is an error
     */
    public boolean free(long address, MallocTypeInternal type, long viewBytes, String function) {
        while (true) {
            BlockRecord record = blocks.noted(address);
            if (record == null) {
                return false;
            }
            Slab slab = blocks.locate(address, type, viewBytes, function);
            int item = slab.firstGranule((int) ((address - range.address()) >>> Slab.GRANULE_SHIFT));
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

    /** Frees an armoured block, if it is still the one that was looked at and its type is watched as before. */
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

    /** Keeps a freed item from reuse; those of the reserve go back at once, or it would be used up with nothing in use. */
    private void keep(Slab slab, int item) {
        if (slab.zone == Slab.RESERVED) {
            slab.tagAs(item, 0);
            uma.release(slab, new int[] {item}, 1);
        } else {
            quarantine.add(slab, item);
        }
    }

    /** Where a block is freed, if it was told where it was allocated. */
    private @Nullable Site freeing(BlockRecord record) {
        return record.allocated == null ? null : sites.take();
    }

    /** What a free of an armoured block does, inside its section. */
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

        /** Looks at the red zones; false if the block is another by now. */
        @SuppressWarnings("ReferenceEquality") // a record is one life of a block
        boolean look() {
            if (slab.note(item) != record || !Tags.isNoted(slab.tagOf(item))) {
                return false;
            }
            damages = RedZone.damage(range, offset(item), slab.itemBytes, record, site);
            return true;
        }

        /** The block is ours, and nobody's. */
        void claim() {
            claimed = true;
            record.free(site);
        }

        /** A page run that is larger than the quarantine goes back to the OS at once: nothing is gained by filling it. */
        void fill() {
            if (slab.zone != Slab.PAGE_RUN || slab.itemBytes <= quarantine.maxBytes()) {
                Trash.fill(range, offset(item), slab.itemBytes);
                record.trashed();
            }
        }
    }

    /** What the red zones of blocks in use have asked for; the size class may have given more (vm.redzone.extra_mem). */
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

    /** Looks at all armoured blocks, in use and freed; tells what is new. */
    public List<Damage> verify() {
        List<Damage> news = new ArrayList<>();
        List<Damage> damages = sweep.damages(news);
        news.forEach(reports::report);
        return damages;
    }

    /** Tells what was done to the red zones of a block that its module left behind. */
    public void tellLeft(Slab slab, int item) {
        if (slab.note(item) instanceof BlockRecord record) {
            RedZone.damage(range, offset(item), slab.itemBytes, record, null).forEach(reports::report);
        }
    }

    /**
     * Wipes what a module left behind, so that nobody reads it; a page run is gone with its memory.
     *
     * @return the tag's owner that the item is free under
     */
    public int wipe(Slab slab, int item) {
        if (slab.zone != Slab.PAGE_RUN) {
            range.asSlice(offset(item), slab.itemBytes).fill((byte) 0);
        }
        return 0;
    }

    /** What there is wrong with the trash of an item that is free or in quarantine. */
    static @Nullable Damage trashDamage(MemorySegment range, Slab slab, int item) {
        return slab.note(item) instanceof BlockRecord record && record.isTrashed()
                ? Trash.damage(range, offset(item), slab.itemBytes, record)
                : null;
    }

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
        return Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT;
    }
}
