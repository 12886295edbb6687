package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_MAXBUCKET;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_ZINIT;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static dev.malloc9.mbuf.Tags.M_PACKET_TAGS;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.mbuf.Storage.Cluster;
import dev.malloc9.mbuf.Storage.External;
import dev.malloc9.mbuf.Storage.Packet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The service that allocates and frees mbufs (mbuf(9)). The operations on chains of mbufs are in {@link #chains()}.
 *
 * <p>A request with {@code M_WAITOK}, an {@code int}, waits at a limit and never returns null. If there is no memory after reclaiming, it
 * throws {@link dev.malloc9.api.KernelMapExhausted}. If the thread is interrupted while it waits, it throws {@link
 * dev.malloc9.api.zone.ZoneWaitInterrupted}, or for a tag {@link dev.malloc9.api.InterruptedRequest}. A request with {@code M_NOWAIT}, a
 * {@code long}, returns null if there is no memory or a limit is reached. Any other wait flag is refused with {@link InvalidMbuf} FLAGS,
 * and an mbuf type that is not 0 to 32,767 with TYPE.
 *
 * <p>Any number of threads may call all methods at the same time, each with mbufs of its own. A freed mbuf is refused with FREED. An mbuf
 * of another service is refused with FOREIGN, except by {@link #tag} and {@link #untag}. A method that throws {@link InvalidMbuf} has
 * changed no mbuf. After {@link #close()}, allocating and freeing mbufs throws {@link dev.malloc9.api.zone.ZoneDestroyed}.
 */
public final class Mbufs implements AutoCloseable {

    private static final int MSIZE_ALIGN = MbufFlags.MSIZE - 1;

    private final Zone mbufs;
    private final Zone clusters;
    final PacketZone packets;
    private final Zone[] jumbos;
    private final Zone counts;
    private final Tags tags;
    private final Chains chains;
    private final Drains drains = new Drains();
    private final Limits limits;

    /** The regions that have views. Any thread may add and remove regions. */
    final Set<Region> viewed = ConcurrentHashMap.newKeySet();

    private final DeferredFrees lingering = new DeferredFrees();

    /**
     * Creates the zones. All users of this service must have stopped before {@link #close()} is called.
     *
     * @param zones the kernel's service for zones
     * @param malloc the kernel's allocator, for tags
     * @param maxUsers the number from which the limits of clusters are computed (kern.maxusers)
     */
    public Mbufs(Zones zones, Malloc malloc, int maxUsers) {
        mbufs = zones.zcreate(ZoneRequest.of("mbuf", MbufFlags.MSIZE, M_PACKET_TAGS)
                .withAlign(MSIZE_ALIGN)
                .withFlags(UMA_ZONE_MAXBUCKET));
        clusters = counted(zones, "mbuf_cluster", MbufFlags.MCLBYTES);
        packets = new PacketZone(this, zones, mbufs, clusters);
        jumbos = new Zone[] {
            counted(zones, "mbuf_jumbo_page", MbufFlags.MJUMPAGESIZE),
            counted(zones, "mbuf_jumbo_9k", MbufFlags.MJUM9BYTES),
            counted(zones, "mbuf_jumbo_16k", MbufFlags.MJUM16BYTES)
        };
        counts = zones.zcreate(
                ZoneRequest.of("mbuf_ext_refcnt", Integer.BYTES, M_PACKET_TAGS).withFlags(UMA_ZONE_ZINIT));
        tags = new Tags(malloc);
        chains = new Chains(this, tags);
        limits = new Limits(clusters, jumbos, maxUsers);
    }

    private static Zone counted(Zones zones, String name, int size) {
        return zones.zcreate(ZoneRequest.of(name, size, M_PACKET_TAGS).withFlags(UMA_ZONE_REFCNT));
    }

    /** {@return the operations on chains} */
    public Chains chains() {
        return chains;
    }

    /** {@return the registry of the routines that free mbufs when memory is low} */
    public Drains drains() {
        return drains;
    }

    /** {@return the limits of the number of clusters of each size} */
    public Limits limits() {
        return limits;
    }

    /** {@return all knobs of mbufs: the limits, and {@code kern.ipc.mbstat}} */
    public List<DriverKnob> knobs() {
        List<DriverKnob> knobs = new ArrayList<>(limits.knobs());
        knobs.add(new Mbstat(this));
        return knobs;
    }

    /** Returns the statistics of all seven zones. */
    List<ZoneStats> zones() {
        return Stream.concat(Stream.of(mbufs, clusters, packets.zone(), counts), Stream.of(jumbos))
                .map(Zone::stats)
                .toList();
    }

    /** Returns the number of mbufs in use, including the mbufs of packets. The number is approximate. */
    long inUse() {
        return mbufs.getCur() + packets.zone().getCur();
    }

    /**
     * Returns the number of clusters of 2048 bytes in use, without the clusters of cached packets. Jumbo clusters do not count. The number
     * is approximate, and never negative.
     */
    long clustersInUse() {
        return Math.max(0, clusters.getCur() - packets.cached());
    }

    /**
     * Allocates an mbuf without packet header (m_get). Waits for memory.
     *
     * @param how {@code M_WAITOK}
     * @param type the MT_ type, 0 to 32,767
     * @return the mbuf, never null
     * @throws InvalidMbuf TYPE if the type is not 0 to 32,767
     */
    public Mbuf get(int how, int type) {
        return present(get(waiting(how, "m_get"), type));
    }

    /**
     * Allocates an mbuf like {@link #get(int, int)}.
     *
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @param type the MT_ type, 0 to 32,767
     * @return the mbuf; null if the request does not wait and there is no memory
     */
    public @Nullable Mbuf get(long how, int type) {
        return make(how, 0, type);
    }

    /**
     * Allocates an mbuf with a packet header (m_gethdr). Waits for memory.
     *
     * @param how {@code M_WAITOK}
     * @param type the MT_ type, 0 to 32,767
     * @return the mbuf, never null
     */
    public Mbuf gethdr(int how, int type) {
        return present(gethdr(waiting(how, "m_gethdr"), type));
    }

    /**
     * Allocates an mbuf like {@link #gethdr(int, int)}.
     *
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @param type the MT_ type, 0 to 32,767
     * @return the mbuf; null if the request does not wait and there is no memory
     */
    public @Nullable Mbuf gethdr(long how, int type) {
        return make(how, M_PKTHDR, type);
    }

    /**
     * Allocates an mbuf together with a cluster of 2048 bytes from the packet zone (m_getcl).
     *
     * @param how {@code M_WAITOK}
     * @param type the MT_ type, 0 to 32,767
     * @param flags {@code M_PKTHDR} or 0; other bits are ignored
     * @return the mbuf, never null
     */
    public Mbuf getcl(int how, int type, int flags) {
        return present(getcl(waiting(how, "m_getcl"), type, flags));
    }

    /**
     * Allocates an mbuf like {@link #getcl(int, int, int)}.
     *
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @param type the MT_ type, 0 to 32,767
     * @param flags {@code M_PKTHDR} or 0; other bits are ignored
     * @return the mbuf; null if the request does not wait, and there is no memory or the limit of clusters is reached
     */
    public @Nullable Mbuf getcl(long how, int type, int flags) {
        requireHow(how, "m_getcl");
        requireType(type, "m_getcl");
        Packet packet = packets.take(how);
        return packet == null ? null : new Mbuf(packet, flags & M_PKTHDR, type);
    }

    /**
     * Allocates an mbuf with a cluster of the given size (m_getjcl). For 2048 bytes this is {@link #getcl(int, int, int)}.
     *
     * @param how {@code M_WAITOK}
     * @param type the MT_ type, 0 to 32,767
     * @param flags {@code M_PKTHDR} or 0; other bits are ignored
     * @param size the size of the cluster in bytes: 2048, 4096, 9216 or 16384
     * @return the mbuf, never null
     * @throws InvalidMbuf SIZE if the size is another number
     */
    public Mbuf getjcl(int how, int type, int flags, int size) {
        return present(getjcl(waiting(how, "m_getjcl"), type, flags, size));
    }

    /**
     * Allocates an mbuf like {@link #getjcl(int, int, int, int)}.
     *
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @param type the MT_ type, 0 to 32,767
     * @param flags {@code M_PKTHDR} or 0; other bits are ignored
     * @param size the size of the cluster in bytes: 2048, 4096, 9216 or 16384
     * @return the mbuf; null if the request does not wait, and there is no memory or the limit of clusters is reached
     */
    public @Nullable Mbuf getjcl(long how, int type, int flags, int size) {
        if (size == MbufFlags.MCLBYTES) {
            return getcl(how, type, flags);
        }
        jumboType(size, "m_getjcl");
        try (ChainBuilder made = new ChainBuilder(this)) {
            return made.add(make(how, flags & M_PKTHDR, type)) && cljget(made.first(), how, size) ? made.take() : null;
        }
    }

    /**
     * Attaches a cluster to an empty mbuf (m_cljget). All views of the mbuf's own memory end, even if the method then returns false or
     * throws SIZE.
     *
     * @param mbuf an mbuf without data and external storage
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @param size the size of the cluster in bytes: 2048, 4096, 9216 or 16384
     * @return false if the request does not wait and there is no cluster
     * @throws InvalidMbuf ATTACHED if the mbuf has data or external storage; SIZE if there are no clusters of this size; IN_USE if a native
     *     call uses a view of the mbuf
     */
    public boolean cljget(Mbuf mbuf, long how, int size) {
        requireHow(how, "m_cljget");
        requireBare(mbuf, "m_cljget");
        int type = size == MbufFlags.MCLBYTES ? MbufFlags.EXT_CLUSTER : jumboType(size, "m_cljget");
        Zone zone = type == MbufFlags.EXT_CLUSTER ? clusters : jumbos[type - MbufFlags.EXT_JUMBOP];
        MemorySegment item = type == MbufFlags.EXT_CLUSTER ? packets.cluster(how) : item(zone, how);
        if (item == null) {
            return false;
        }
        mbuf.attach(new Cluster(this, item, type, zone));
        return true;
    }

    /**
     * Attaches a cluster of 2048 bytes (m_clget), like {@link #cljget}.
     *
     * @param mbuf an mbuf without data and external storage
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return false if the request does not wait and there is no cluster
     */
    public boolean clget(Mbuf mbuf, long how) {
        return cljget(mbuf, how, MbufFlags.MCLBYTES);
    }

    /**
     * Attaches memory of the caller to an empty mbuf (m_extadd). The memory must stay allocated until the callback is called. The request
     * for the reference count never waits. All views of the mbuf's own memory end, even if the method then returns false or throws FOREIGN
     * or SIZE. The mbuf has no data afterwards; the caller sets its length.
     *
     * @param mbuf an mbuf without data and external storage
     * @param memory the native memory, at most {@link Integer#MAX_VALUE} bytes
     * @param free the callback that takes the memory back after the last reference is freed, as {@link ExtFree#free} describes
     * @param arg1 the first argument of the callback; may be null
     * @param arg2 the second argument of the callback; may be null
     * @param flags {@code M_RDONLY} or 0; other bits are ignored, and a read-only segment is always attached with {@code M_RDONLY}
     * @param type the EXT_ type of the storage, such as {@link MbufFlags#EXT_NET_DRV}; any number
     * @return false if there was no memory for the reference count; nothing was attached
     * @throws InvalidMbuf FOREIGN if the segment is not native memory; SIZE if it is longer than {@link Integer#MAX_VALUE} bytes; ATTACHED
     *     if the mbuf has data or external storage; IN_USE if a native call uses a view of the mbuf
     */
    public boolean extadd(
            Mbuf mbuf,
            MemorySegment memory,
            ExtFree free,
            @Nullable Object arg1,
            @Nullable Object arg2,
            int flags,
            int type) {
        requireBare(mbuf, "m_extadd");
        if (!memory.isNative()) {
            throw Messages.heap("m_extadd", memory.byteSize());
        }
        if (memory.byteSize() > Integer.MAX_VALUE) {
            throw Messages.size("m_extadd", memory.byteSize());
        }
        MemorySegment count = counts.zalloc(M_NOWAIT);
        if (count == null) {
            return false;
        }
        mbuf.attach(new External(this, memory, type, counts, count, free, arg1, arg2));
        mbuf.set(memory.isReadOnly() ? MbufFlags.M_RDONLY : flags & MbufFlags.M_RDONLY, 0);
        return true;
    }

    /**
     * Frees an mbuf and its tags (m_free). If it held the last reference to external memory, the callback of that memory may run in this
     * call. An exception of the callback is passed on, and the mbuf is freed.
     *
     * @param mbuf the mbuf; the other mbufs of its chain are not freed
     * @return the next mbuf of the chain; null at its end
     * @throws InvalidMbuf FREED if the mbuf was freed before; FOREIGN if it belongs to another service
     */
    public @Nullable Mbuf free(Mbuf mbuf) {
        Region region = mbuf.region;
        if (region.home != this) {
            throw Messages.foreign("m_free");
        }
        mbuf.free("m_free");
        if (region instanceof Packet packet && !packet.special && mbuf.tags == null) {
            packets.give(packet);
        } else {
            giveBack(mbuf);
        }
        return mbuf.next;
    }

    private void giveBack(Mbuf mbuf) {
        if (mbuf.tags != null) {
            tags.free(mbuf);
        }
        MemorySegment item = mbuf.item;
        if (mbuf.region instanceof Storage outside) {
            mbufs.zfree(item);
            if (outside.unreference()) {
                lingering.release(outside, outside::release);
            }
        } else {
            lingering.release(mbuf.region, () -> mbufs.zfree(item));
        }
    }

    /**
     * Frees a chain (m_freem). If callbacks of external memory throw, the whole chain is freed before the first exception is thrown. The
     * others are suppressed exceptions of it.
     *
     * @param chain the first mbuf of the chain; null is a no-op
     * @throws InvalidMbuf FREED if an mbuf of the chain was freed before, and FOREIGN if one belongs to another service; nothing was freed
     *     then
     */
    public void freem(@Nullable Mbuf chain) {
        if (chain == null) {
            return;
        }
        if (chain.next == null) {
            free(chain);
        } else {
            freeAll(chain);
        }
    }

    private void freeAll(Mbuf chain) {
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            requireOwn(mbuf, "m_freem");
            mbuf.live("m_freem");
        }
        RuntimeException thrown = null;
        Mbuf next = chain;
        while (next != null) {
            Mbuf following = next.next;
            try {
                free(next);
            } catch (RuntimeException e) {
                thrown = Drains.with(thrown, e);
            }
            next = following;
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    /**
     * Adds a tag to a packet (m_tag_alloc, m_tag_prepend). The data of the tag are not zeroed.
     *
     * @param packet a packet: an mbuf with a packet header
     * @param cookie the number of the module that defines the tag's type
     * @param type the type of the tag within its module
     * @param bytes the number of bytes of data, 0 to 65,535
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the tag; null if the request does not wait and there is no memory
     * @throws InvalidMbuf NO_HEADER if there is no packet header; LENGTH if the number of bytes is not in that range
     */
    public @Nullable MbufTag tag(Mbuf packet, int cookie, int type, int bytes, long how) {
        requireHow(how, "m_tag_alloc");
        return tags.add(packet, cookie, type, bytes, how);
    }

    /**
     * Removes a tag from a packet and frees it (m_tag_delete).
     *
     * @param packet a packet: an mbuf with a packet header
     * @param tag the tag, compared by identity
     * @return false if the packet does not have the tag; nothing was freed
     * @throws InvalidMbuf NO_HEADER if there is no packet header
     */
    public boolean untag(Mbuf packet, MbufTag tag) {
        return tags.delete(packet, tag);
    }

    /**
     * Retries the deferred frees, ends all views that no native call uses, and destroys the zones. Mbufs that are still in use are reported
     * to the kernel's journal. If a callback of external memory throws, the exception is passed on and the zones are not destroyed.
     *
     * @throws dev.malloc9.api.zone.ZoneDestroyed if the zones were destroyed before
     */
    @Override
    public void close() {
        lingering.settle();
        viewed.forEach(Region::endViews);
        packets.zone().zdestroy();
        clusters.zdestroy();
        mbufs.zdestroy();
        for (Zone jumbo : jumbos) {
            jumbo.zdestroy();
        }
        counts.zdestroy();
    }

    /** Attaches the external storage of one mbuf to a second, empty mbuf (mb_dupcl). The read-only flag is inherited. */
    static void share(Mbuf to, Mbuf from, Storage outside) {
        outside.reference();
        to.attach(outside);
        to.set(from.has(MbufFlags.M_RDONLY) ? MbufFlags.M_RDONLY : 0, 0);
    }

    void requireOwn(Mbuf mbuf, String function) {
        if (mbuf.region.home != this) {
            throw Messages.foreign(function);
        }
    }

    /** Allocates an item of a zone. A request with M_WAITOK calls the {@code int} overload, which is the faster one. */
    static @Nullable MemorySegment item(Zone zone, long how) {
        return how == M_WAITOK ? zone.zalloc(M_WAITOK) : zone.zalloc(how);
    }

    static void requireHow(long how, String function) {
        if (how != M_NOWAIT && how != M_WAITOK) {
            throw Messages.how(function, how);
        }
    }

    static void requireType(int type, String function) {
        if (type != (type & Short.MAX_VALUE)) {
            throw Messages.type(function, type);
        }
    }

    /** Checks the wait flag of a method that never returns null, and returns the flag as a {@code long}. */
    static long waiting(int how, String function) {
        if (how != M_WAITOK) {
            throw Messages.how(function, how);
        }
        return how;
    }

    static Mbuf present(@Nullable Mbuf mbuf) {
        if (mbuf == null) {
            throw new IllegalStateException(Messages.NO_MBUF);
        }
        return mbuf;
    }

    private @Nullable Mbuf make(long how, int flags, int type) {
        requireHow(how, "m_get");
        requireType(type, "m_get");
        MemorySegment item = item(mbufs, how);
        return item == null ? null : new Mbuf(this, item, flags, type);
    }

    private static int jumboType(int size, String function) {
        return switch (size) {
            case MbufFlags.MJUMPAGESIZE -> MbufFlags.EXT_JUMBOP;
            case MbufFlags.MJUM9BYTES -> MbufFlags.EXT_JUMBO9;
            case MbufFlags.MJUM16BYTES -> MbufFlags.EXT_JUMBO16;
            default -> throw Messages.size(function, size);
        };
    }

    private void requireBare(Mbuf mbuf, String function) {
        requireOwn(mbuf, function);
        mbuf.live(function);
        if (mbuf.isOutside() || mbuf.length != 0) {
            throw Messages.attached(function);
        }
        if (!mbuf.region.endViews()) {
            throw Messages.viewed(function);
        }
    }
}
