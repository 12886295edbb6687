package dev.malloc9.malloc.alloc;

import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.block.Zeroing;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Cache;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.TagSpace;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.StackRoom;

/**
 * The allocator by address (kern_malloc), on which both services are built: {@code Malloc} for segments and {@code RawMalloc} for
 * addresses. It contains the fast path. Every request that the fast path cannot serve goes to the {@link SlowPath}.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: no mutable state of its own. The stacks of free items are in the CPU's slot, the tags in the tag space, and the type's
 *       counters in the type's row for that CPU. The gate in that row holds the type's number while it is open.
 *   <li>Concurrency: the fast path is one critical section of the CPU's slot. To unregister a type, the kernel first closes its gate and
 *       then waits for the open sections. A section that found the gate open has therefore stored the tag and the counters before the
 *       type's blocks are counted. A later section finds the gate closed.
 *   <li>Invariants: the tag of a block in the kernel map carries its type's number from malloc to free. Each successful malloc and free is
 *       counted once.
 *   <li>Cost: no lock, no atomic operation and no garbage, unless a bucket is exchanged. A malloc makes one store off the heap, a free one
 *       load and one store. The methods of the services must be inlined into their callers; otherwise a segment is a heap object of 40
 *       bytes. C2 does not inline a method that it has compiled to more than 2,500 bytes (InlineSmallCode). Most of these bytes are
 *       uncommon traps: about 60 bytes for each check that never fails, and 7 for each value that the slow path needs. For this reason one
 *       test covers several conditions at once.
 *   <li>Differs from BSD: frees of the wrong type, double, interior and foreign frees are refused (BSD miscounts or corrupts). A failed
 *       small request is recorded in the type's statistics as a mask bit only, as in BSD.
 * </ul>
 *
 * @param ground the lookup tables of the fast path
 * @param types the registry of the types that the allocator serves
 * @param slow the handler of every request that the fast path cannot serve
 */
public record Allocator(FastPathTables ground, MallocTypes types, SlowPath slow) implements Realloc.Blocks {

    /** The mask that keeps the index of a request's last byte below ITEM_MAX, so that C2 can drop the bounds check of {@code classOf}. */
    private static final int ITEM_MASK = (int) Uma.ITEM_MAX - 1;

    /**
     * Returns this allocator, as a JIT constant if it belongs to the {@link ConstantKernel}. The fast paths of malloc and free call this
     * method, although the services have looked up the constant before: if C2 compiles a fast path by itself, the code is smaller and can
     * be inlined.
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    public Allocator known() {
        KernelServices constant = ConstantKernel.known();
        return constant != null && constant.kernel() == this ? constant.kernel() : this;
    }

    /**
     * Allocates a block; returns 0 only with M_NOWAIT. The address of a guarded block is marked by its sign unless {@code raw} is set.
     * Throws as {@link SlowPath#malloc}, but on the fast path a pending fault of the thread is an {@code InternalError}.
     *
     * @param bytes the size in bytes; 0 is allocated as 1
     * @param raw whether the block is handed out by address; each service passes a constant, which costs nothing once it is inlined
     */
    @Override
    public long malloc(long bytes, MallocTypeInternal type, long flags, boolean raw) {
        // One test for two conditions: 1 to ITEM_MAX bytes; and exactly one wait flag (they are 1 and 2), with or
        // without M_ZERO, and no other flag.
        if ((((bytes - 1) & -Uma.ITEM_MAX) | (((flags & ~M_ZERO) - 1) >>> 1)) == 0) {
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
                        // The last step, because few values are live after the call. It is inside the section: after
                        // the section,
                        // a stop of the type's owner may have taken the block back.
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

    /**
     * Frees a block. An invalid free goes to the slow path. Throws as {@link SlowPath#free}, but on the fast path a pending fault of the
     * thread is an {@code InternalError}.
     *
     * @param viewBytes the length of the caller's view in bytes, refused if it exceeds the size of the block; Refusals.NO_VIEW for a bare
     *     address
     */
    @Override
    public void free(long address, MallocTypeInternal type, long viewBytes) {
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

    /**
     * Returns the index of the size class for a request of 1 to ITEM_MAX bytes, which is also the index of its zone in the first set of
     * zones. Returns -1, an index without a zone, if the request exceeds the largest class.
     */
    private int sizeClass(long bytes) {
        return ground.classOf()[(((int) bytes - 1) & ITEM_MASK) >>> Slab.GRANULE_SHIFT];
    }

    /**
     * Takes an item from the CPU's cache, or returns -1 if the slow path must serve the request. That is so if the gate is closed, the
     * cache is empty or missing, the zone is -1, or the type has no row for this CPU.
     *
     * <p>The caller is inside a critical section. An error finds all changes made, or none. The changes therefore come after all checks,
     * the check of the stack among them, and after all values that they need. The store of the tag is the last change and the only call. In
     * code that C2 has not compiled as a whole, that call can throw the error of the thread's earlier access to a hole, before the store or
     * after it. The tag is then stored again. The {@code try} stands here, and not in a method of its own, because the error may also be
     * thrown where a method begins.
     */
    private long take(Pcpu cpu, int zone, MallocTypeInternal type, boolean raw) {
        StackRoom.forSection();
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
        int tag = Slab.tag(item, raw ? gate | Tags.RAW : gate);
        long place = ground.tag(item, ground.shift(zone));
        items[zone] = top;
        row[Counters.ALLOCS + zone]++;
        try {
            TagSpace.store(place, tag);
        } catch (Error pending) {
            TagSpace.store(place, tag);
            throw pending;
        }
        return Integer.toUnsignedLong(item);
    }

    /**
     * Puts an item into the CPU's cache, or returns false if the slow path must serve the free. The caller is inside a critical section. An
     * error finds all changes made, or none, as in {@link #take}.
     *
     * <p>The slow path serves the free if the gate is closed, the type has no row for this CPU, or the cache is full or missing. It also
     * serves a free if the tag is not the type's, the item is not of the first set of zones, or the view is too long.
     */
    private boolean give(Pcpu cpu, long address, MallocTypeInternal type, long viewBytes) {
        StackRoom.forSection();
        long[] row = type.row(cpu.number);
        if (row == null) {
            return false;
        }
        int gate = (int) row[Counters.GATE];
        // An open gate means that the type is alive, and while a type is alive the kernel map is mapped.
        if (gate < 0 || !ground.has(address)) {
            return false;
        }
        int item = ground.granule(address);
        int kind = ground.kind(item);
        long tag = ground.tag(item, kind);
        // Page runs and holes have no tag in the tag space, and a granule that is not the item's first does not match
        // the tag.
        if ((TagSpace.load(tag) & ~Tags.RAW) != Slab.tag(item, gate)) {
            return false;
        }
        int zone = Slab.zone(kind);
        // The zones of the first set have the numbers of their size classes; an item of any other zone takes the slow
        // path.
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
        items[top] = item;
        items[zone] = top + 1;
        row[Counters.FREES + zone]++;
        try {
            TagSpace.store(tag, 0);
        } catch (Error pending) {
            TagSpace.store(tag, 0);
            throw pending;
        }
        return true;
    }
}
