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

    Storage(MemorySegment memory, int type) {
        super(memory);
        this.type = type;
    }

    /** How many mbufs refer to it. */
    abstract long references();

    /** One more. */
    abstract void reference();

    /** One less; whether it was the last. */
    abstract boolean unreference();

    /** Gives the memory back; the last reference is gone. */
    abstract void release();

    /** Counted beside the item in its slab. */
    abstract static sealed class Counted extends Storage {

        private final RefCount count;

        Counted(MemorySegment memory, int type, RefCount count) {
            super(memory, type);
            this.count = count;
            count.set(1);
        }

        @Override
        final long references() {
            return count.get();
        }

        @Override
        final void reference() {
            count.add(1);
        }

        /** Who is the only one needs no atomic step: nobody else can come. The count of the last is 1 again. */
        @Override
        final boolean unreference() {
            if (count.get() == 1) {
                return true;
            }
            if (count.add(-1) == 0) {
                count.set(1);
                return true;
            }
            return false;
        }
    }

    /** A cluster, or a jumbo cluster. */
    static final class Cluster extends Counted {

        private final Zone zone;

        Cluster(MemorySegment memory, int type, Zone zone) {
            super(memory, type, zone.findRefcnt(memory));
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

        /** The mbuf, while the packet is in use. */
        @Nullable
        MemorySegment item;

        Packet(MemorySegment memory, PacketZone zone, RefCount count) {
            super(memory, MbufFlags.EXT_PACKET, count);
            this.zone = zone;
        }

        @Override
        void release() {
            MemorySegment mbuf = item;
            item = null;
            zone.give(mbuf);
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
                MemorySegment memory,
                int type,
                Zone counts,
                MemorySegment count,
                ExtFree free,
                @Nullable Object arg1,
                @Nullable Object arg2) {
            super(memory, type);
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
        void reference() {
            COUNT.getAndAdd(count, 0L, 1);
        }

        @Override
        boolean unreference() {
            return (int) COUNT.getAndAdd(count, 0L, -1) == 1;
        }

        /** The count was 0 when its slab was made and is again, as the zone's ZINIT asks. */
        @Override
        void release() {
            counts.zfree(count);
            free.free(arg1, arg2);
        }
    }
}
