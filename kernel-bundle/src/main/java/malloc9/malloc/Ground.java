package malloc9.malloc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.pcpu.ThreadSlots;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import org.jspecify.annotations.Nullable;

/**
 * The ground is what the fast paths stand on: what they look up, and what of it never changes as long as the kernel lives.
 *
 * <p>Mostly a process has one kernel. C2 knows its ground, which is the target of a call site, as a constant, and what a record holds as well:
 * addresses and lengths of the tables become part of the code, where a fast path would have to load each from some object at every
 * call. Another kernel beside it goes by the same code and loads them.
 *
 * @param cpus who asks where {@code threads} does not know
 * @param threads who am I
 * @param tables the slabs' ({@link SlabMap#tables()})
 * @param classOf {@link SizeClasses#table()}
 * @param base first address of the map
 * @param granules of the map
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two grounds by what they hold
record Ground(Cpus cpus, ThreadSlots threads, int[] @Nullable [] tables, byte[] classOf, long base, long granules) {

    /** So many kernels in turn may be the known one: C2 gives up on what it has to compile too often. */
    private static final int KNOWN_MAX = 64;

    private static final MutableCallSite KNOWN = new MutableCallSite(MethodType.methodType(Ground.class));
    private static final MethodHandle CONSTANT = KNOWN.dynamicInvoker();

    /** Guarded by the class. */
    private static int left = KNOWN_MAX;

    static {
        KNOWN.setTarget(MethodHandles.constant(Ground.class, null));
    }

    /** The ground of a kernel; the known one if there is no other. */
    static Ground of(Uma uma, SizeClasses classes) {
        Ground ground = new Ground(
                uma.cpus(),
                uma.cpus().threads(),
                uma.slabs().tables(),
                classes.table(),
                uma.map().base(),
                uma.map().size() >>> Slab.GRANULE_SHIFT);
        ground.settle();
        return ground;
    }

    /** Makes it the known one, if there is no other. */
    void settle() {
        synchronized (Ground.class) {
            if (left > 0 && constant() == null) {
                left--;
                know(this);
            }
        }
    }

    /** The kernel has ended: the next one may be the known one. */
    @SuppressWarnings("ReferenceEquality") // a ground is which it is
    void leave() {
        synchronized (Ground.class) {
            if (constant() == this) {
                know(null);
            }
        }
    }

    /** This one; where it is the process's only one, by a way that makes it a constant. */
    @SuppressWarnings("ReferenceEquality") // a ground is which it is
    Ground known() {
        Ground constant = constant();
        return constant == this ? constant : this;
    }

    /** The caller's slot, or null if there is none of his own. */
    @Nullable
    Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : cpus.current(thread);
    }

    /** The table of the slab around a granule; none around what stands below the first item of a cache. */
    int @Nullable [] table(int granule) {
        int unit = granule >>> SlabMap.UNIT_GRANULE_SHIFT;
        return Integer.compareUnsigned(unit, tables.length) < 0 ? tables[unit] : null;
    }

    /** The granule that begins at an address, or a number that is no granule's. */
    long granule(long address) {
        // Bits of an address inside a granule come out on top, where no granule of the map has any.
        return Long.rotateRight(address - base, Slab.GRANULE_SHIFT);
    }

    /** The address of an item. */
    long address(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }

    private static void know(@Nullable Ground ground) {
        KNOWN.setTarget(MethodHandles.constant(Ground.class, ground));
        MutableCallSite.syncAll(new MutableCallSite[] {KNOWN});
    }

    private static @Nullable Ground constant() {
        try {
            return (Ground) CONSTANT.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("a constant has no error", e);
        }
    }
}
