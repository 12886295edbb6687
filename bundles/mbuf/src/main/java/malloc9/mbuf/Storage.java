package malloc9.mbuf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import malloc9.api.zone.RefCount;
import malloc9.api.zone.Zone;
import org.jspecify.annotations.Nullable;

/** What an mbuf refers to when its data lie outside (m_ext): counted, and given back with the last reference. */
abstract sealed class Storage extends Region {

    /** EXT_CLUSTER and so on. */
    final int type;

    Storage(Mbufs home, MemorySegment memory, int type) {
        super(home, memory);
        this.type = type;
    }

    /** Counts one more. */
    abstract void add();

    /** Counts one less; whether it was the last. */
    abstract boolean drop();

    /** One more. */
    final void reference() {
        special = true;
        add();
    }

    /** One less; whether it was the last. Who is the only one needs no atomic step: nobody else can come. */
    final boolean unreference() {
        return !special || drop();
    }

    /** Gives the memory back; the last reference is gone. */
    abstract void release();

    /** Counted beside the item in its slab. */
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

        /** The count of the last is 1 again. */
        @Override
        final boolean drop() {
            boolean last = count.add(-1) == 0;
            if (last) {
                count.set(1);
            }
            return last;
        }
    }

    /** A cluster, or a jumbo cluster. */
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

    /** The cluster of an item of the packet zone: it outlives the packet's uses, and is given back with its mbuf. */
    static final class Packet extends Counted {

        private final PacketZone zone;

        /** The address of the mbuf. */
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

    /** A driver's memory, with its callback; counted in an item of its own. */
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

        /** The count was 0 when its slab was made and is again, as the zone's ZINIT asks. */
        @Override
        void release() {
            COUNT.setVolatile(count, 0L, 0);
            counts.zfree(count);
            free.free(arg1, arg2);
        }
    }
}
