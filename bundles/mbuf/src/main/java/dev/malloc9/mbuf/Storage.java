package dev.malloc9.mbuf;

import dev.malloc9.api.zone.RefCount;
import dev.malloc9.api.zone.Zone;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A region outside the mbufs that refer to it (m_ext). References are counted, and the memory is released with the last one. */
abstract sealed class Storage extends Region {

    /** The EXT_ type, such as EXT_CLUSTER. */
    final int type;

    Storage(Mbufs home, MemorySegment memory, int type) {
        super(home, memory);
        this.type = type;
    }

    /** Increments the count. */
    abstract void add();

    /** Decrements the count and returns whether the last reference was dropped. */
    abstract boolean drop();

    /** Counts a reference of one more mbuf. */
    final void reference() {
        special = true;
        add();
    }

    /** Drops a reference and returns whether it was the last. As long as {@code special} is false, no atomic operation is needed. */
    final boolean unreference() {
        return !special || drop();
    }

    /** Releases the memory. The caller has dropped the last reference and ended all views. */
    abstract void release();

    /** A storage whose count lies beside its item in the slab. */
    abstract static sealed class Counted extends Storage {

        private final RefCount count;

        Counted(Mbufs home, MemorySegment memory, int type, RefCount count) {
            super(home, memory, type);
            this.count = count;
            count.set(1);
        }

        @Override
        final long references() {
            return special ? count.get() : 1;
        }

        @Override
        final void add() {
            count.add(1);
        }

        /** {@inheritDoc} With the last reference the count becomes 1 again, ready for the next use. */
        @Override
        final boolean drop() {
            boolean last = count.add(-1) == 0;
            if (last) {
                count.set(1);
            }
            return last;
        }
    }

    /** A cluster or a jumbo cluster. */
    static final class Cluster extends Counted {

        private final Zone zone;

        Cluster(Mbufs home, MemorySegment memory, int type, Zone zone) {
            super(home, memory, type, zone.findRefcnt(memory));
            this.zone = zone;
        }

        @Override
        void release() {
            zone.zfree(memory);
        }
    }

    /** The cluster of an item of the packet zone. It is kept when the packet is freed, and is released when the zone releases the item. */
    static final class Packet extends Counted {

        private final PacketZone zone;

        /** The address of the mbuf's item. */
        final long item;

        Packet(Mbufs home, MemorySegment memory, PacketZone zone, long item, RefCount count) {
            super(home, memory, MbufFlags.EXT_PACKET, count);
            this.zone = zone;
            this.item = item;
        }

        @Override
        void release() {
            special = false;
            zone.give(this);
        }
    }

    /** A storage in memory of a driver, with the driver's callback. The count is an item of the zone {@code mbuf_ext_refcnt}. */
    static final class External extends Storage {

        private static final VarHandle COUNT = ValueLayout.JAVA_INT.varHandle();

        private final Zone counts;
        private final MemorySegment count;
        private final ExtFree free;
        private final @Nullable Object arg1;
        private final @Nullable Object arg2;

        External(
                Mbufs home,
                MemorySegment memory,
                int type,
                Zone counts,
                MemorySegment count,
                ExtFree free,
                @Nullable Object arg1,
                @Nullable Object arg2) {
            super(home, memory, type);
            this.counts = counts;
            this.count = count;
            this.free = free;
            this.arg1 = arg1;
            this.arg2 = arg2;
            COUNT.setVolatile(count, 0L, 1);
        }

        @Override
        long references() {
            return Integer.toUnsignedLong((int) COUNT.getVolatile(count, 0L));
        }

        @Override
        void add() {
            COUNT.getAndAdd(count, 0L, 1);
        }

        @Override
        boolean drop() {
            return (int) COUNT.getAndAdd(count, 0L, -1) == 1;
        }

        /**
         * Frees the count and calls the driver's callback. The count is set to 0 first, since the zone's ZINIT expects free items to
         * be zero.
         */
        @Override
        void release() {
            COUNT.setVolatile(count, 0L, 0);
            counts.zfree(count);
            free.free(arg1, arg2);
        }
    }
}
