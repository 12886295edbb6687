package malloc9.malloc.alloc;

import static malloc9.api.MallocFlags.M_ZERO;

import malloc9.malloc.account.Ablation;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.Tags;
import malloc9.malloc.block.Zeroing;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.MallocTypes;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Cache;
import malloc9.uma.Slab;
import malloc9.uma.TagSpace;
import malloc9.uma.Uma;
import malloc9.vm.StackRoom;

/**
 * The allocator by address (kern_malloc), what both services, segments and raw addresses, stand on: the fast path; for all else there is
 * the {@link SlowPath}.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: nothing of its own; caches and counters lie in the CPU's slot, tags in the tag space, the type's number
 *       in its record.
 *   <li>Concurrency: the fast path is one critical section of the CPU's slot. Whoever unregisters a type first
 *       declares it dead and then waits for the open sections; so a section that found it alive has finished tag and
 *       counters before the type's blocks are counted, and one that comes later finds it dead.
 *   <li>Invariants: a block's tag is its type's from malloc to free; each successful malloc and free counts once.
 *   <li>Cost: no lock, no atomic, a store off the heap for a malloc, a load and a store for a free, no garbage, unless a
 *       bucket is exchanged. The doors must be inlined into their callers, else a segment is a heap object of 40
 *       bytes; C2 refuses what it has compiled to more than 2,500 bytes (InlineSmallCode). Most of those are uncommon traps, some 60 bytes for
 *       each check that never fails and 7 for each value that the slow path needs: hence the tests that catch several things at once.
 *   <li>Differs from BSD: wrong-type, double, interior and foreign frees are refused (BSD miscounts or corrupts);
 *       statistics of failed small requests are the mask bit only, as there.
 * </ul>
 *
 * @param ground what it looks things up in
 * @param types whose blocks it serves
 * @param slow what everything goes through that is not as usual
 */
public record Allocator(FastPathTables ground, MallocTypes types, SlowPath slow) implements Realloc.Blocks {

    /** Shows C2 that the table of classes is long enough. */
    private static final int ITEM_MASK = (int) Uma.ITEM_MAX - 1;

    /**
     * This one, as a constant where it is the process's only one: for the doors, before a fast path, and for each that C2 compiles by itself,
     * which is smaller then, and so inlined.
     */
    @SuppressWarnings("ReferenceEquality") // a kernel is which it is
    public Allocator known() {
        KernelServices constant = ConstantKernel.known();
        return constant != null && constant.kernel() == this ? constant.kernel() : this;
    }

    /**
     * Allocates; 0 only with M_NOWAIT.
     *
     * @param raw whether the block is handed out by address; a constant at the door, which costs nothing there
     */
    @Override
    public long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        // 1 to ITEM_MAX bytes, and one of the wait flags, which are 1 and 2, with or without M_ZERO: all in one test.
        if ((((bytes - 1) & -Uma.ITEM_MAX) | (((flags & ~M_ZERO) - 1) >>> 1)) == 0) {
            StackRoom.forSection();
            Allocator kernel = known();
            Pcpu cpu = kernel.ground.current();
            if (cpu != null) {
                if ((flags & M_ZERO) != 0) {
                    Zeroing.requireRoom(bytes);
                }
                cpu.section = 1;
                long item;
                try {
                    int zone = kernel.sizeClass(bytes);
                    item = kernel.take(cpu, zone, type, raw);
                    if ((flags & M_ZERO) != 0 && item >= 0) {
                        // Last, since little is needed behind the call; in the section, behind which a stop may have
                        // taken the block back.
                        Zeroing.zero(
                                kernel.ground.address((int) item),
                                bytes,
                                kernel.ground.sizes()[zone]);
                    }
                } finally {
                    cpu.section = 0;
                }
                if (item >= 0) {
                    return kernel.ground.address((int) item);
                }
            }
        }
        return slow.malloc(bytes, type, flags, raw);
    }

    /** Frees; the caller's view spans {@code viewBytes}, no more than the block may have. */
    @Override
    public void free(long address, MallocTypeInternal type, long viewBytes) {
        StackRoom.forSection();
        Allocator kernel = known();
        Pcpu cpu = kernel.ground.current();
        if (cpu != null) {
            cpu.section = 1;
            boolean done;
            try {
                done = kernel.give(cpu, address, type, viewBytes);
            } finally {
                cpu.section = 0;
            }
            if (done) {
                return;
            }
        }
        slow.free(address, type, viewBytes);
    }

    /** The class of 1 to ITEM_MAX bytes, whose number is its zone's; none that a zone has, if no class is that large. */
    private int sizeClass(long bytes) {
        return ground.classOf()[(((int) bytes - 1) & ITEM_MASK) >>> Slab.GRANULE_SHIFT];
    }

    /**
     * An item from the cache, or -1 if anything is not as usual. Inside a critical section, whose changes come last and
     * call nothing: a stack overflow or an OutOfMemoryError finds all done or nothing.
     */
    private long take(Pcpu cpu, int zone, MallocTypeInternal type, boolean raw) {
        int[] items = cpu.items;
        long[] row = type.row(cpu.number);
        if (row == null || Integer.compareUnsigned(zone, items.length) >= 0) {
            return -1;
        }
        int gate = (int) row[Counters.GATE];
        if (gate < 0) {
            return -1;
        }
        int top = items[zone] - 1;
        if (Integer.compareUnsigned(top, items.length) >= 0) {
            return -1;
        }
        int item = items[top];
        if (Cache.isNone(item)) {
            return -1;
        }
        items[zone] = top;
        if (Ablation.STATISTICS) {
            row[Counters.ALLOCS + zone]++;
        }
        if (Ablation.TAGS) {
            TagSpace.store(ground.tag(item, ground.shift(zone)), Slab.tag(item, raw ? gate | Tags.RAW : gate));
        }
        return Integer.toUnsignedLong(item);
    }

    /** Puts an item into the cache; false if anything is not as usual. Inside a critical section. */
    private boolean give(Pcpu cpu, long address, MallocTypeInternal type, long viewBytes) {
        long[] row = type.row(cpu.number);
        if (row == null) {
            return false;
        }
        int gate = (int) row[Counters.GATE];
        // Where a type is alive the map is, too.
        if (gate < 0 || !ground.has(address)) {
            return false;
        }
        int item = ground.granule(address);
        int kind = ground.kind(item);
        long tag = ground.tag(item, kind);
        // Page runs and holes have none, and any other granule than the item's first has another one.
        if (Ablation.TAGS && (TagSpace.load(tag) & ~Tags.RAW) != Slab.tag(item, gate)) {
            return false;
        }
        int zone = Slab.zone(kind);
        // The usual zones have the numbers of their classes.
        if (Integer.compareUnsigned(zone, ground.sizes().length) >= 0 || viewBytes > ground.sizes()[zone]) {
            return false;
        }
        int[] items = cpu.items;
        if (Integer.compareUnsigned(zone, items.length) >= 0) {
            return false;
        }
        int top = items[zone];
        if (Cache.isFull(top) || Integer.compareUnsigned(top, items.length) >= 0) {
            return false;
        }
        if (Ablation.TAGS) {
            TagSpace.store(tag, 0);
        }
        items[top] = item;
        items[zone] = top + 1;
        if (Ablation.STATISTICS) {
            row[Counters.FREES + zone]++;
        }
        return true;
    }
}
